import type { Readable } from 'node:stream'

/**
 * Returns the lines of a UTF-8 stream, without blank ones. Text after the last line feed is not a line. Removes the byte order
 * mark that Windows PowerShell writes first if the code page of its console is 65001.
 *
 * Not `node:readline`: it also ends lines at U+2028, which JSON may contain unescaped.
 */
export async function* readLines(input: Readable): AsyncGenerator<string> {
  // A long line arrives in many chunks, which are joined once.
  let chunks: string[] = []
  for await (const chunk of input.setEncoding('utf8')) {
    const [first = '', ...others] = String(chunk).split('\n')
    chunks.push(first)
    for (const next of others) {
      const line = chunks.join('').replace(/^\ufeff/, '')
      chunks = [next]
      if (line.trim() !== '') yield line
    }
  }
}
