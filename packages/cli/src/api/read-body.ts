import { OktaConnectError } from '@connect-okta/core'

/** How much of an answer or of an input is held in memory. No answer of Okta's API is near this. */
export const maxBufferedMiB = 32
const maxBufferedBytes = maxBufferedMiB * 1024 * 1024

/** A body that was read as far as memory allows. A small compressed answer may be an enormous one. */
export interface Body {
  readonly start: Buffer
  /** What follows {@link start} in a longer body. It has to be read or canceled. */
  readonly rest: ReadableStream<Uint8Array> | undefined
}

/** Reads a body to its end, or until it is larger than what may be held in memory. */
export async function readBody(stream: ReadableStream<Uint8Array> | null, maxBytes = maxBufferedBytes): Promise<Body> {
  if (stream === null) return { start: Buffer.alloc(0), rest: undefined }
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of stream.values({ preventCancel: true })) {
    chunks.push(chunk)
    size += chunk.byteLength
    if (size > maxBytes) break
  }
  return { start: Buffer.concat(chunks), rest: size > maxBytes ? stream : undefined }
}

/**
 * Reads a file or stdin to its end.
 *
 * @param what names it, for the error
 * @throws {@link OktaConnectError} `options_invalid` for more than {@link maxBufferedMiB}; whatever the stream throws
 */
export async function readInput(stream: AsyncIterable<Uint8Array>, what: string): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of stream) {
    chunks.push(chunk)
    size += chunk.byteLength
    if (size <= maxBufferedBytes) continue
    throw new OktaConnectError('options_invalid', `${what} is larger than ${maxBufferedMiB} MiB.`, {
      hint: 'Okta accepts no request and no key of this size. Check which file it is.',
    })
  }
  return Buffer.concat(chunks)
}
