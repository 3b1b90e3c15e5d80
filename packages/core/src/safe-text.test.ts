import { expect, it } from 'vitest'
import { printable } from './safe-text.js'

it('masks assertions and tokens, whole or cut off', () => {
  const jwt = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIwb2ExIn0.c2lnbmF0dXJl'
  for (const text of [jwt, jwt.slice(0, -10), jwt.slice(0, 30)])
    expect(printable(`invalid: ${text}!`)).toBe('invalid: ***!')
})

it('leaves no control character and no mark that turns the direction of the text', () => {
  const hostile = ['\u009b2J', '\u001b[2J', '\u202e', '\u2066', '\u061c', '\u200f', '\r', '\u0000'].join('a')
  expect(printable(hostile)).toBe(' 2Ja [2Ja a a a a a ')
})

// A pattern that backtracks takes hours for it.
it('reads a text of a megabyte that begins a token at every place', () => {
  expect(printable('eyJ'.repeat(350_000))).toBe('***')
  expect(printable('eyJ-a.'.repeat(170_000)).length).toBeLessThanOrEqual(500)
})
