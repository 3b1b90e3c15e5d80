/**
 * Replaces each control character, each character that changes the direction of text and each invisible character by an
 * escape such as `\u009b`. Newlines and tabs stay. In JSON these characters are only legal inside
 * strings, where the escape means the same, so JSON stays JSON.
 *
 * @see https://trojansource.codes for the bidirectional controls
 */
export function visible(text: string): string {
  return text.replaceAll('\r\n', '\n').replace(/(?![\n\t])[\p{Cc}\p{Cf}\u2028\u2029]/gu, escaped)
}

// Beyond U+FFFF, JSON has two escapes for one character (RFC 8259 §7).
function escaped(character: string): string {
  const units = Array.from({ length: character.length }, (_, index) => character.charCodeAt(index))
  return units.map(unit => `\\u${unit.toString(16).padStart(4, '0')}`).join('')
}
