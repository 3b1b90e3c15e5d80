import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ExpressionError } from './expression-error.js'
import { type Expression, MAX_DEPTH, parseExpression } from './parse-expression.js'

/** The expression with parentheses around each operation. */
function text(expression: Expression): string {
  switch (expression.kind) {
    case 'condition': {
      const { attribute, operator, value } = expression
      return value === undefined ? `${attribute} pr` : `${attribute} ${operator} ${JSON.stringify(value)}`
    }
    case 'not':
      return `not(${text(expression.term)})`
    default:
      return `(${expression.terms.map(text).join(` ${expression.kind} `)})`
  }
}

function errorOf(expression: string): ExpressionError {
  try {
    parseExpression(expression)
  } catch (error) {
    if (error instanceof ExpressionError) return error
    throw error
  }
  throw new Error(`No error for ${expression}`)
}

describe('parseExpression', () => {
  it.each([
    ['a eq "x"', 'a eq "x"'],
    ['a.b_c.$d EQ "x"', 'a.b_c.$d eq "x"'],
    ['a eq "1" or b eq "2" and c pr', '(a eq "1" or (b eq "2" and c pr))'],
    ['(a pr or b pr) and c pr', '((a pr or b pr) and c pr)'],
    ['a pr And b pr AND c pr', '(a pr and b pr and c pr)'],
    ['NOT (a pr) and b pr', '(not(a pr) and b pr)'],
    ['not(a pr or b pr)', 'not((a pr or b pr))'],
    ['a gt -1.5e3', 'a gt -1500'],
    ['a eq true or a eq false', '(a eq true or a eq false)'],
    [String.raw`a eq "say \"hi\" \u0041\n"`, String.raw`a eq "say \"hi\" A\n"`],
    ['a eq "(b pr) and "', 'a eq "(b pr) and "'],
    [' \t\n( a  pr )\r\n', 'a pr'],
  ])('parses %j', (expression, expected) => {
    expect(text(parseExpression(expression))).toBe(expected)
  })

  it.each([
    ['', 0],
    ['   ', 3],
    ['a', 1],
    ['a eq', 4],
    ['a eq x', 5],
    ['a eq "x', 5],
    ["a eq 'x'", 5],
    ['a eq 007', 5],
    ['a eq 1.', 5],
    ['a eq null', 5],
    ['a eq "x" and', 12],
    ['a eq "x" b eq "y"', 9],
    ['a eq "x")', 8],
    ['(a eq "x"', 9],
    ['()', 1],
    ['not a pr', 4],
    ['and pr', 0],
    ['"a" eq "x"', 0],
    ['a "eq" "x"', 2],
    ['a eq "x"and b pr', 8],
    ['a eq"x"', 4],
    ['a eq "line\nbreak"', 5],
    [String.raw`a eq "\x"`, 5],
    ['a..b pr', 0],
    ['a. pr', 0],
    ['emails[type pr]', 0],
    ['a pr b', 5],
  ])('reports the position of the problem in %j', (expression, position) => {
    expect(errorOf(expression)).toMatchObject({ position })
  })

  it('reports the position of an unknown operator', () => {
    expect(errorOf('display_message eqq "Create okta user"')).toMatchObject({
      problem: 'operator',
      detail: 'eqq',
      position: 16,
    })
  })

  it('accepts nested groups up to the maximum depth', () => {
    const nested = (depth: number) => `${'('.repeat(depth)}a pr${')'.repeat(depth)}`
    expect(text(parseExpression(nested(MAX_DEPTH)))).toBe('a pr')
    expect(errorOf(nested(MAX_DEPTH + 1)).problem).toBe('syntax')
    expect(errorOf('not('.repeat(50_000)).problem).toBe('syntax')
    expect(errorOf('('.repeat(100_000)).problem).toBe('syntax')
  })

  it('rejects an expression that is too long', () => {
    expect(errorOf('a'.repeat(100_001)).detail).toBe('too long')
  })

  it('throws only ExpressionError when the text is arbitrary', () => {
    const pieces = fc.constantFrom(
      '(',
      ')',
      '"',
      '\\',
      ' ',
      'and',
      'or',
      'not',
      'a.b',
      'eq',
      'pr',
      '"x"',
      '1',
      'true',
      '\n',
    )
    const texts = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 200 }),
      fc.array(pieces, { maxLength: 60 }).map(parts => parts.join('')),
      fc.array(pieces, { maxLength: 60 }).map(parts => parts.join(' ')),
    )
    fc.assert(
      fc.property(texts, expression => {
        try {
          parseExpression(expression)
        } catch (error) {
          expect(error).toBeInstanceOf(ExpressionError)
          const { position } = error as ExpressionError
          expect(position).toBeGreaterThanOrEqual(0)
          expect(position).toBeLessThanOrEqual(expression.length)
        }
      }),
      { numRuns: 2000 },
    )
  })

  it('returns the same expression when its own text is parsed again', () => {
    const condition = fc
      .record({
        attribute: fc.constantFrom('id', 'profile.firstName', 'order', 'android'),
        operator: fc.constantFrom('eq', 'sw', 'ge', 'pr'),
        value: fc.oneof(fc.string(), fc.boolean(), fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true })),
      })
      .map(({ attribute, operator, value }) =>
        operator === 'pr' ? `${attribute} pr` : `${attribute} ${operator} ${JSON.stringify(value)}`,
      )
    const { expression } = fc.letrec<{ expression: string }>(tie => ({
      expression: fc.oneof(
        { maxDepth: 6, depthSize: 'small' },
        condition,
        tie('expression').map(term => `not (${term})`),
        fc
          .tuple(fc.constantFrom('and', 'or'), fc.array(tie('expression'), { minLength: 2, maxLength: 3 }))
          .map(([operator, terms]) => `(${terms.join(` ${operator} `)})`),
      ),
    }))
    fc.assert(
      fc.property(expression, expected => {
        const once = text(parseExpression(expected))
        expect(text(parseExpression(once))).toBe(once)
      }),
    )
  })

  // A quadratic scan takes longer than a test may take.
  it.each([' ', '"', '"\\', 'a', '(', ')', '"x" ', 'a.', 'a pr and ', 'a eq "x" or ', '"\\"', '-1', '\ud800'])(
    'rejects 100,000 characters of %j',
    shape => {
      expect(errorOf(shape.repeat(Math.floor(100_000 / shape.length))).problem).toBe('syntax')
    },
  )
})
