import type { Readable } from 'node:stream'

/**
 * The lines of a stream of UTF-8, without those that are blank. What does not end in a line feed is not a line. Windows
 * PowerShell begins with a byte order mark where its console has the code page 65001: it is passed over.
 *
 * Not `node:readline`: it also ends lines at U+2028, which JSON texts may hold as it is.
 */
export async function* linesOf(input: Readable): AsyncGenerator<string> {
  // A long line comes in many pieces, which are put together once.
  let pieces: string[] = []
  for await (const chunk of input.setEncoding('utf8')) {
    const [first = '', ...others] = String(chunk).split('\n')
    pieces.push(first)
    for (const next of others) {
      const line = pieces.join('').replace(/^\ufeff/, '')
      pieces = [next]
      if (line.trim() !== '') yield line
    }
  }
}
