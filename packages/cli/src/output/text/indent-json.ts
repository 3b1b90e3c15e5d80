const tokens = /\{\s*\}|\[\s*\]|[{}[\],:]|"[^"\\]*(?:\\.[^"\\]*)*"|[^\s"{}[\],:]+/g
// Longer text is not readable in a terminal.
const maxIndentedLength = 1024 * 1024
// Okta nests about twelve levels. Without a limit, hostile nesting would make the text many times longer.
const maxIndentedDepth = 16

/**
 * Indents JSON without changing a value: numbers keep all digits, and escapes stay escapes.
 *
 * @returns the text unchanged if it is not JSON, or very long
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
