/** Default for how much of a response is read, in bytes. No response of Okta's API is nearly as large. */
export const maxApiBodyBytes = 32 * 1024 * 1024

/** A response body, read until it ends or exceeds a limit: a small compressed body can be an enormous one. */
export interface ApiBody {
  readonly start: Buffer
  /** The rest of a larger body. Read it or cancel it. */
  readonly rest: ReadableStream<Uint8Array> | undefined
}

/**
 * Reads a body until it ends or has more than `maxBytes`.
 *
 * @example
 * const { start, rest } = await readApiBody((await session.fetch('/api/v1/users')).body, 1024)
 */
export async function readApiBody(
  stream: ReadableStream<Uint8Array> | null,
  maxBytes = maxApiBodyBytes,
): Promise<ApiBody> {
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
