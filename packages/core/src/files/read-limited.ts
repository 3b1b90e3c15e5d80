import { open } from 'node:fs/promises'

/**
 * Reads a file that should be small. A wrong path may lead to a device without an end.
 *
 * @throws the error of the system; one with the code `EFBIG` if the file is larger
 */
export async function readLimited(path: string, maxBytes: number): Promise<Buffer> {
  await using file = await open(path)
  const bytes = Buffer.alloc(maxBytes + 1)
  let size = 0
  for (let read = -1; read !== 0 && size < bytes.byteLength; size += read) {
    read = (await file.read(bytes, size, bytes.byteLength - size)).bytesRead
  }
  if (size <= maxBytes) return bytes.subarray(0, size)
  throw Object.assign(new Error('the file is too large'), { code: 'EFBIG' })
}
