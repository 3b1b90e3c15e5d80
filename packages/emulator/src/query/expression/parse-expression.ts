import { ExpressionError } from './expression-error.js'
import { type Token, tokenize } from './tokens.js'

/** The operators that compare an attribute with a value (RFC 7644 §3.4.2.2). */
export const COMPARISON_OPERATORS = ['eq', 'ne', 'co', 'sw', 'ew', 'gt', 'ge', 'lt', 'le'] as const

export type ComparisonOperator = (typeof COMPARISON_OPERATORS)[number]
export type Operator = ComparisonOperator | 'pr'
export type Literal = string | number | boolean

/** `attribute operator value`, or `attribute pr`. */
export interface Condition {
  readonly kind: 'condition'
  readonly attribute: string
  readonly operator: Operator
  /** Undefined for `pr` only. */
  readonly value: Literal | undefined
  /** The index of the attribute. */
  readonly position: number
  readonly operatorPosition: number
}

/** A parsed expression. `and` and `or` have two or more terms. */
export type Expression =
  | Condition
  | { readonly kind: 'and' | 'or'; readonly terms: readonly Expression[] }
  | { readonly kind: 'not'; readonly term: Expression; readonly position: number }

/** Deeper expressions are rejected. Okta documents that a complex query can fail, but not the limit. */
export const MAX_DEPTH = 100

const ATTRIBUTE = /^[A-Za-z_$][\w$-]*(?:\.[A-Za-z_$][\w$-]*)*$/
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/
const KEYWORDS: readonly string[] = ['and', 'or', 'not']

/**
 * Parses an expression of Okta's filter language (reference/core-okta-api, "Filter"). `and` has precedence over `or`.
 * Operators may be written in upper or lower case, and `not` needs parentheses (RFC 7644 §3.4.2.2, figure 1).
 *
 * @throws {ExpressionError} with the position of the problem
 * @example parseExpression('status eq "ACTIVE" and (created gt "2014-01-01T00:00:00.000Z" or profile.city pr)')
 */
export function parseExpression(text: string): Expression {
  const parser = new Parser(tokenize(text))
  const expression = parser.disjunction(0)
  parser.expect('end')
  return expression
}

class Parser {
  readonly #tokens: readonly Token[]
  #at = 0

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens
  }

  disjunction(depth: number): Expression {
    return this.#terms('or', () => this.#terms('and', () => this.#factor(depth)))
  }

  expect(kind: Token['kind']): Token {
    const token = this.#next()
    if (token.kind !== kind) throw unexpected(token)
    return token
  }

  #terms(kind: 'and' | 'or', parseTerm: () => Expression): Expression {
    const first = parseTerm()
    const terms = [first]
    while (this.#isKeyword(kind)) {
      this.#next()
      terms.push(parseTerm())
    }
    return terms.length === 1 ? first : { kind, terms }
  }

  #factor(depth: number): Expression {
    const { position } = this.#peek()
    if (depth > MAX_DEPTH) throw new ExpressionError('syntax', 'too deep', position)
    if (this.#isKeyword('not')) {
      this.#next()
      return { kind: 'not', term: this.#group(depth), position }
    }
    return this.#peek().kind === '(' ? this.#group(depth) : this.#condition()
  }

  #group(depth: number): Expression {
    this.expect('(')
    const expression = this.disjunction(depth + 1)
    this.expect(')')
    return expression
  }

  #condition(): Condition {
    const name = this.expect('word')
    if (!ATTRIBUTE.test(name.text) || KEYWORDS.includes(name.text.toLowerCase())) throw unexpected(name)
    const { text, position: operatorPosition } = this.expect('word')
    const operator = text.toLowerCase()
    if (!isOperator(operator)) throw new ExpressionError('operator', text, operatorPosition)
    const value = operator === 'pr' ? undefined : literal(this.#next())
    return { kind: 'condition', attribute: name.text, operator, value, position: name.position, operatorPosition }
  }

  #isKeyword(keyword: string): boolean {
    const { kind, text } = this.#peek()
    return kind === 'word' && text.toLowerCase() === keyword
  }

  #peek(): Token {
    // The last token is `end`, and nothing reads past it.
    return this.#tokens[this.#at] as Token
  }

  #next(): Token {
    const token = this.#peek()
    if (token.kind !== 'end') this.#at++
    return token
  }
}

function isOperator(text: string): text is Operator {
  return text === 'pr' || COMPARISON_OPERATORS.some(operator => operator === text)
}

function literal(token: Token): Literal {
  if (token.kind === 'string') return jsonString(token)
  if (token.text === 'true') return true
  if (token.text === 'false') return false
  if (token.kind === 'word' && NUMBER.test(token.text)) return Number(token.text)
  throw unexpected(token)
}

function jsonString({ text, position }: Token): string {
  try {
    return JSON.parse(text)
  } catch {
    throw new ExpressionError('syntax', 'not a JSON string', position)
  }
}

function unexpected({ kind, text, position }: Token): ExpressionError {
  return new ExpressionError('syntax', kind === 'end' ? 'unexpected end' : `unexpected ${text}`, position)
}
