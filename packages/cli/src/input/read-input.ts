import { createReadStream } from 'node:fs'
import type { Readable } from 'node:stream'
import { isOktaConnectError, OktaConnectError } from '@connect-okta/core'
import { described } from '@connect-okta/core/keys'
import type { Io } from '../io.js'
import { absolutePath } from './absolute-path.js'

// Okta accepts no request of this size.
const maxInputMiB = 32

/**
 * Reads a file; `-` reads stdin.
 *
 * @param purpose what the content is for, such as `body`: the error names it.
 * @param hint what to do if the file cannot be read.
 * @throws {@link OktaConnectError} `options_invalid` for a file that cannot be read or is larger than 32 MiB, `cancelled`
 */
export async function readFileOrStdin(
  file: string,
  purpose: string,
  io: Io,
  hint = 'Check the path. To read stdin, use -.',
): Promise<Buffer> {
  if (file === '-') return await readStdin(io)
  const { signal } = io.interruption
  try {
    return await readLimited(createReadStream(absolutePath(file, io), { signal }), `The ${purpose} file`)
  } catch (error) {
    if (isOktaConnectError(error)) throw error
    // Without the cause: its message repeats the path, which may be a secret.
    const { code } = error as NodeJS.ErrnoException
    throw new OktaConnectError('options_invalid', `Cannot read the ${purpose} file: ${code} (${described(file)}).`, {
      hint: code === 'EISDIR' ? 'It is a folder, not a file.' : hint,
    })
  }
}

/**
 * Reads all of stdin.
 *
 * @throws {@link OktaConnectError} `cancelled` at Ctrl+C, `options_invalid` for more than 32 MiB
 */
export async function readStdin({ stdin, interruption: { signal } }: Io): Promise<Buffer> {
  const { addAbortSignal } = await import('node:stream')
  try {
    return await readLimited(addAbortSignal(signal, stdin as Readable), 'The input on stdin')
  } catch (cause) {
    if (isOktaConnectError(cause)) throw cause
    throw new OktaConnectError('cancelled', 'Cancelled while reading stdin.', {
      hint: 'Pipe the input: connect-okta login --jwk-file - < key.json',
      cause,
    })
  }
}

async function readLimited(stream: AsyncIterable<Uint8Array>, what: string): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of stream) {
    chunks.push(chunk)
    size += chunk.byteLength
    if (size <= maxInputMiB * 1024 ** 2) continue
    throw new OktaConnectError('options_invalid', `${what} is larger than ${maxInputMiB} MiB.`, {
      hint: 'Okta does not accept requests or keys of this size. Check the file.',
    })
  }
  return Buffer.concat(chunks)
}
