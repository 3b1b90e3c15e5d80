import { readFileSync, writeFileSync } from 'node:fs'

// See https://learn.microsoft.com/windows/win32/debug/pe-format: the certificate table is the fifth data directory of the optional header,
// and its content is the end of the file.
const headerPointer = 0x3c
const optionalHeader = 24
const certificateTable = optionalHeader + 112 + 4 * 8

/** Removes the signature of a program for 64-bit Windows, which is not valid anymore when its content has changed. */
export function unsign(path) {
  const content = readFileSync(path)
  const entry = content.readUInt32LE(headerPointer) + certificateTable
  const [start, size] = [content.readUInt32LE(entry), content.readUInt32LE(entry + 4)]
  if (start === 0) return
  if (start + size !== content.length) throw new Error(`The signature of ${path} is not at its end.`)
  content.fill(0, entry, entry + 8)
  writeFileSync(path, content.subarray(0, start))
}
