import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseRequestRule, permits } from './request-rule.js'

const matches = (rule: string, path: string) => permits([parseRequestRule(`GET ${rule}`)], 'GET', path)

// The specification of a rule: matches character by character, and tries every possibility.
function means(pattern: string, text: string): boolean {
  const [first, ...rest] = pattern
  if (first === undefined) return text === ''
  const [head, ...tail] = text
  if (head === undefined) return false
  const [after, remaining] = [rest.join(''), tail.join('')]
  if (first !== '*') return first === head && means(after, remaining)
  return head !== '/' && (means(after, remaining) || means(pattern, remaining))
}

describe('a request rule', () => {
  it.each([
    ['/api/v1/users', '/api/v1/users', true],
    ['/api/v1/users', '/api/v1/users/', false],
    ['/api/v1/users/*', '/api/v1/users/1', true],
    ['/api/v1/users/*', '/api/v1/users/', false],
    ['/api/v1/users/*', '/api/v1/users/1/groups', false],
    ['/api/v1/users/a*', '/api/v1/users/a', false],
    ['/api/v1/users/*@example.com', '/api/v1/users/@example.com', false],
    ['/api/v1/users/*@example.com', '/api/v1/users/ada@example.com', true],
    ['/api/v1/users/*@example.com', '/api/v1/users/ada@example.com.evil', false],
    ['/api/v1/users/*@*.example.com', '/api/v1/users/a@b@c.example.com', true],
    ['/api/v1/users/**', '/api/v1/users', true],
    ['/api/v1/users/**', '/api/v1/users/', true],
    ['/api/v1/users/**', '/api/v1/users/1/groups', true],
    ['/api/v1/users/**', '/api/v1/usersx', false],
    ['/groups/*/users/**', '/groups/1/users/2/x', true],
    ['/groups/*/users/**', '/groups//users/2', false],
    ['/groups/*/users/**', '/groups/1/2/users', false],
    ['/**', '/', true],
    ['/**', '/api/v1/users', true],
    ['/a.c', '/abc', false],
  ])('%s for %s is %s', (rule, path, expected) => {
    expect(matches(rule, path)).toBe(expected)
  })

  it('matches the same paths as a matcher that tries every possibility', () => {
    const letters = (all: string, maxLength: number) => fc.string({ unit: fc.constantFrom(...all), maxLength })
    const cases = fc.tuple(letters('ab*/', 8), letters('ab/', 10)).filter(([rule]) => !rule.includes('**'))
    const sameAsMeaning = fc.property(
      cases,
      ([rule, path]) => matches(`/${rule}`, `/${path}`) === means(`/${rule}`, `/${path}`),
    )
    fc.assert(sameAsMeaning, { numRuns: 5_000 })
  })

  it('matches in linear time when the rule and a path of 15 KB are hostile', () => {
    const long = 15 * 1024
    const rules = [
      ...['/users/*@*.example.com', '/users/*a*a*a*a*a*a*a*b', '/users/*aa*aa*aa*aa*ab', '/users/*.*.*.*.*.*.*x'],
      ...['/users/*a*/*a*/*a*/*b', `/users/${'*a'.repeat(2000)}*b`, `/users/*${'a'.repeat(5000)}b`, '/users/*/**'],
    ].map(rule => parseRequestRule(`GET ${rule}`))
    const pieces = ['@', 'a', 'aa', 'ab', '.', '@.', '@.example.co', '/', 'a/', '*']
    // Takes milliseconds. With backtracking, one of them would exceed the time limit of this test.
    for (const piece of pieces) {
      const path = `/users/${piece.repeat(Math.ceil(long / piece.length))}`
      for (const rule of rules) permits([rule], 'GET', path)
    }
  })
})
