const tokens = /\{\s*\}|\[\s*\]|[{}[\],:]|"[^"\\]*(?:\\.[^"\\]*)*"|[^\s"{}[\],:]+/g
// More than this is too long to read on a terminal.
const maxIndentedLength = 1024 * 1024
// Okta nests a dozen levels. Deeper text must not become many times as long.
const maxIndentedDepth = 16

/**
 * Indents JSON without changing a value in it: numbers keep all of their digits, and escapes stay escapes.
 *
 * @returns the text as it is when it is not JSON, or very long
 */
export function indentJson(text: string): string {
  if (text.length > maxIndentedLength || !isJson(text)) return text
  let depth = 0
  const newline = () => `\n${'  '.repeat(Math.min(depth, maxIndentedDepth))}`
  const indented = text.match(tokens)?.map(token => {
    switch (token) {
      case '{':
      case '[':
        depth++
        return `${token}${newline()}`
      case '}':
      case ']':
        depth--
        return `${newline()}${token}`
      case ',':
        return `,${newline()}`
      case ':':
        return ': '
      default:
        return /^[{[]/.test(token) ? token.replace(/\s/g, '') : token
    }
  })
  return indented?.join('') ?? text
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
