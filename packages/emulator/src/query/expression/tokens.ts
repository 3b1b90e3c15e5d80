import { ExpressionError } from './expression-error.js'

/** A word is an attribute, an operator, a number or a boolean. A string still has its quotes. */
export interface Token {
  readonly kind: 'word' | 'string' | '(' | ')' | 'end'
  readonly text: string
  /** The index of the first character. */
  readonly position: number
}

/** Longer expressions are rejected. Okta documents that a long query can fail, but not the limit. */
export const MAX_LENGTH = 100_000

// Sticky, and its alternatives start with different characters, so that a scan takes linear time.
const TOKEN = /[ \t\r\n]+|[()]|"(?:[^"\\]|\\.)*"|[^\s()"]+/suy

/** Splits an expression into tokens. The last one is `end`. */
export function tokenize(expression: string): Token[] {
  if (expression.length > MAX_LENGTH) throw new ExpressionError('syntax', 'too long', MAX_LENGTH)
  const tokens: Token[] = []
  let isAfterSpace = true
  let position = 0
  while (position < expression.length) {
    TOKEN.lastIndex = position
    const text = TOKEN.exec(expression)?.[0]
    if (text === undefined) throw new ExpressionError('syntax', 'unexpected character', position)
    const token = tokenOf(text, position)
    if (token !== undefined) {
      const isParenthesis = token.kind === '(' || token.kind === ')'
      if (!isParenthesis && !isAfterSpace) throw new ExpressionError('syntax', 'missing space', position)
      tokens.push(token)
      isAfterSpace = isParenthesis
    } else isAfterSpace = true
    position += text.length
  }
  tokens.push({ kind: 'end', text: '', position })
  return tokens
}

function tokenOf(text: string, position: number): Token | undefined {
  switch (text[0]) {
    case '(':
    case ')':
      return { kind: text[0], text, position }
    case '"':
      return { kind: 'string', text, position }
    case ' ':
    case '\t':
    case '\r':
    case '\n':
      return undefined
    default:
      return { kind: 'word', text, position }
  }
}
