import { readFile } from 'node:fs/promises'
import { addAbortSignal } from 'node:stream'
import { text } from 'node:stream/consumers'
import { OktaConnectError } from '@connect-okta/core'

/**
 * Reads the client key from a file, or from stdin when the name is `-`.
 *
 * @throws {@link OktaConnectError} `options_invalid` when the file cannot be read, `cancelled` at Ctrl+C.
 */
export async function readKey(file: string, signal: AbortSignal): Promise<string> {
  if (file === '-') return await readStdin(signal)
  try {
    return await readFile(file, 'utf8')
  } catch (cause) {
    const reason = (cause as NodeJS.ErrnoException).code ?? 'unknown reason'
    throw new OktaConnectError('options_invalid', `The key file ${file} cannot be read: ${reason}.`, {
      hint: 'Give --jwk-file the path of a readable file, or - for stdin.',
      cause,
    })
  }
}

async function readStdin(signal: AbortSignal): Promise<string> {
  try {
    return await text(addAbortSignal(signal, process.stdin))
  } catch (cause) {
    throw new OktaConnectError('cancelled', 'Cancelled while waiting for the key on stdin.', {
      hint: 'Pipe the key in: connect-okta login --jwk-file - < key.json',
      cause,
    })
  }
}
