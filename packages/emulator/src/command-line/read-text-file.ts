import { readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { buffer } from 'node:stream/consumers'
import { UsageError } from './flags.js'

/**
 * Reads a text file that a flag names; `-` is the standard input. The shell does not expand `~` in `--config=~/org.yaml`.
 *
 * @throws {UsageError} when the file cannot be read
 */
export async function readTextFile(flag: string, file: string): Promise<string> {
  try {
    if (file === '-') return decodeText(await buffer(process.stdin))
    return decodeText(await readFile(file.replace(/^~(?=$|[/\\])/, homedir())))
  } catch (cause) {
    throw new UsageError(`${flag}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
  }
}

/**
 * Decodes UTF-8 or UTF-16 with LF as the line end. Windows PowerShell writes UTF-16, with a byte order mark unless a program
 * removed it; without one, the zero bytes of ASCII characters show the byte order.
 */
export function decodeText(bytes: Buffer): string {
  const text = new TextDecoder(encodingOf(bytes)).decode(bytes)
  return text.replace(/\r\n?/g, '\n')
}

function encodingOf([first, second]: Buffer): string {
  if ((first === 0xff && second === 0xfe) || (first !== 0 && second === 0)) return 'utf-16le'
  if ((first === 0xfe && second === 0xff) || (first === 0 && second !== 0)) return 'utf-16be'
  return 'utf-8'
}
