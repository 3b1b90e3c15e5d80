import type { Readable } from 'node:stream'
import { isOktaConnectError, OktaConnectError } from '@connect-okta/core'
import { readInput } from '../api/read-body.js'
import type { Io } from '../io.js'

/**
 * Reads all of stdin, such as a secret that is piped in.
 *
 * @throws {@link OktaConnectError} `cancelled` at Ctrl+C, `options_invalid` for an input without end
 */
export async function readStdin({ stdin, interruption: { signal } }: Io): Promise<Buffer> {
  const { addAbortSignal } = await import('node:stream')
  try {
    return await readInput(addAbortSignal(signal, stdin as Readable), 'The input on stdin')
  } catch (cause) {
    if (isOktaConnectError(cause)) throw cause
    throw new OktaConnectError('cancelled', 'Cancelled while reading stdin.', {
      hint: 'Pipe it in: connect-okta login --jwk-file - < key.json',
      cause,
    })
  }
}
