import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { matchClaims } from './identity-rule.js'

const matches = (pattern: string, value: unknown) =>
  matchClaims([{ issuer: 'x', claims: [{ path: ['claim'], values: [pattern] }] }], { claim: value }).isMatch

// The specification: compares character by character, and tries every possibility.
function means(pattern: string, text: string): boolean {
  const [first, ...rest] = pattern
  if (first === undefined) return text === ''
  const [head, ...tail] = text
  if (head === undefined) return false
  const [after, remaining] = [rest.join(''), tail.join('')]
  if (first !== '*') return first === head && means(after, remaining)
  return head !== '/' && head !== ':' && (means(after, remaining) || means(pattern, remaining))
}

describe('the value of a claim', () => {
  it('matches a pattern by its specification', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '/', ':', '*'), maxLength: 9 })
    fc.assert(fc.property(text, text, (pattern, value) => matches(pattern, value) === means(pattern, value)))
  })

  it('never matches by a name of a prototype', () => {
    for (const path of [['constructor', 'name'], ['__proto__'], ['toString'], ['list', 'length']]) {
      const rule = { issuer: 'x', claims: [{ path, values: ['*', 'Object', '1'] }] }
      expect(matchClaims([rule], { list: ['a'] }).isMatch).toBe(false)
    }
  })

  it('never matches as a number that was rounded', () => {
    expect(matches('9007199254740992', JSON.parse('9007199254740993'))).toBe(false)
    expect(matches('9007199254740991', 9007199254740991)).toBe(true)
  })

  it('is compared in linear time when the pattern and the text are hostile', () => {
    const text = 'a'.repeat(20_000)
    expect(matches(`${'a*'.repeat(5_000)}b`, text)).toBe(false)
    expect(matches(`${'*a'.repeat(5_000)}`, text)).toBe(true)
  })
})
