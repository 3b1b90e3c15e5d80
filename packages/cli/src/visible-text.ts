/**
 * Text as a terminal may show it: each character that a terminal obeys or that changes the order of others becomes an escape
 * such as `\u009b`. Newlines and tabs are layout and stay. In JSON these characters are only legal inside strings, where
 * the escape means the same, so JSON stays JSON.
 *
 * @see https://trojansource.codes for the bidirectional controls
 */
export function visible(text: string): string {
  return text
    .replaceAll('\r\n', '\n')
    .replace(/(?![\n\t])[\p{Cc}\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/gu, escaped)
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}
