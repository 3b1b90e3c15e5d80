const pairs: Readonly<Record<string, string>> = { '"': '"', "'": "'", '`': '`', '“': '”', '‘': '’' }
const invisible = /[\s\p{Cf}]/u

/**
 * Removes surrounding spaces, invisible characters and quotes from text, for example from an env file, a shell or a
 * document.
 *
 * @example
 * unquoted('"example.okta.com" ') // 'example.okta.com'
 */
export function unquoted(text: string): string {
  const plain = trimmed(text)
  const end = pairs[plain.charAt(0)] ?? ''
  const inner = plain.slice(1, -1)
  return end !== '' && plain.length > 1 && plain.endsWith(end) && !inner.includes(end) ? trimmed(inner) : plain
}

function trimmed(text: string): string {
  let begin = 0
  let end = text.length
  while (begin < end && invisible.test(text.charAt(begin))) begin += 1
  while (end > begin && invisible.test(text.charAt(end - 1))) end -= 1
  return text.slice(begin, end)
}
