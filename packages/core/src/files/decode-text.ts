/**
 * Decodes the text of a file: UTF-8, or UTF-16 as Windows PowerShell 5.1 writes it, with or without a byte order mark.
 *
 * @returns the text without the byte order mark.
 * @see https://learn.microsoft.com/powershell/module/microsoft.powershell.core/about/about_character_encoding
 * @example
 * const settings = await parseYaml(decodeText(await readFile('settings.yaml')), 'settings.yaml')
 */
export function decodeText(bytes: Uint8Array): string {
  return new TextDecoder(encodingOf(bytes)).decode(bytes)
}

// Without a mark: every file that is read here begins with an ASCII character, of which UTF-16 makes a byte and a zero.
function encodingOf([first, second]: Uint8Array): string {
  if ((first === 0xff && second === 0xfe) || (first !== 0 && second === 0)) return 'utf-16le'
  if ((first === 0xfe && second === 0xff) || (first === 0 && second !== 0 && second !== undefined)) return 'utf-16be'
  return 'utf-8'
}
