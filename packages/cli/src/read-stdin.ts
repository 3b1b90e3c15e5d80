import { OktaConnectError } from '@connect-okta/core'

/**
 * Reads all of stdin, such as a secret that is piped in.
 *
 * @throws {@link OktaConnectError} `cancelled` at Ctrl+C.
 */
export async function readStdin(signal: AbortSignal): Promise<string> {
  const [{ addAbortSignal }, { text }] = await Promise.all([import('node:stream'), import('node:stream/consumers')])
  try {
    return await text(addAbortSignal(signal, process.stdin))
  } catch (cause) {
    throw new OktaConnectError('cancelled', 'Cancelled while reading stdin.', {
      hint: 'Pipe it in: connect-okta login --jwk-file - < key.json',
      cause,
    })
  }
}
