import { stripVTControlCharacters } from 'node:util'

/**
 * Breaks lines between words, so that the terminal does not break them within words. A word that is longer than a line, such
 * as an address, stays whole: the terminal wraps it, and it can be copied.
 *
 * @param columns the width of the terminal
 * @param indent the indent of continuation lines. Default: the indent of the line.
 */
export function wrapWords(text: string, columns: number, indent?: number): string {
  return text
    .split('\n')
    .map(line => wrapLine(line, columns, ' '.repeat(indent ?? line.search(/\S|$/))))
    .join('\n')
}

function wrapLine(line: string, columns: number, continuation: string): string {
  if (widthOf(line) <= columns) return line
  const lines: string[] = []
  let current: string | undefined
  // Wider gaps separate columns.
  for (const word of line.split(/(?<=\S) (?=\S)/)) {
    const longer: string = current === undefined ? word : `${current} ${word}`
    if (current === undefined || widthOf(longer) <= columns) current = longer
    else {
      lines.push(current)
      current = continuation + word
    }
  }
  return [...lines, current].join('\n')
}

// Color sequences have no width.
function widthOf(text: string): number {
  return stripVTControlCharacters(text).length
}
