import { stripVTControlCharacters } from 'node:util'

/**
 * Breaks lines between words, where a terminal would break them within one. A word that is longer than a line, such as an
 * address, stays whole: the terminal wraps it, and it can be copied.
 *
 * @param columns how wide the terminal is
 * @param indent how far what goes on is set in; as far as its line unless said
 */
export function wrapWords(text: string, columns: number, indent?: number): string {
  return text
    .split('\n')
    .map(line => wrapLine(line, columns, ' '.repeat(indent ?? line.search(/\S|$/))))
    .join('\n')
}

function wrapLine(line: string, columns: number, margin: string): string {
  if (widthOf(line) <= columns) return line
  const lines: string[] = []
  let current: string | undefined
  // Wider gaps are those of a table.
  for (const word of line.split(/(?<=\S) (?=\S)/)) {
    const longer: string = current === undefined ? word : `${current} ${word}`
    if (current === undefined || widthOf(longer) <= columns) current = longer
    else {
      lines.push(current)
      current = margin + word
    }
  }
  return [...lines, current].join('\n')
}

// Colours take no room.
function widthOf(text: string): number {
  return stripVTControlCharacters(text).length
}
