/**
 * A value as an error shows it, whatever it is: a text in quotes, without its end where it is long, and without a
 * character that a terminal would obey.
 */
export function quoted(value: unknown): string {
  if (typeof value === 'number') return String(value)
  if (typeof value !== 'string') return `of type ${typeof value}`
  const text = JSON.stringify(value.length > 100 ? `${value.slice(0, 100)}…` : value)
  return text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, sign => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
