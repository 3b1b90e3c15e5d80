import { expect, it } from 'vitest'
import { printable } from './safe-text.js'

it('masks complete and truncated JWTs', () => {
  const jwt = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIwb2ExIn0.c2lnbmF0dXJl'
  for (const text of [jwt, jwt.slice(0, -10), jwt.slice(0, 30)])
    expect(printable(`invalid: ${text}!`)).toBe('invalid: ***!')
})

it('removes control characters and bidirectional formatting characters', () => {
  const hostile = ['\u009b2J', '\u001b[2J', '\u202e', '\u2066', '\u061c', '\u200f', '\r', '\u0000'].join('a')
  expect(printable(hostile)).toBe(' 2Ja [2Ja a a a a a ')
})

// A regular expression that backtracks takes hours for these texts.
it('processes a megabyte of JWT prefixes in linear time', () => {
  expect(printable('eyJ'.repeat(350_000))).toBe('***')
  expect(printable('eyJ-a.'.repeat(170_000)).length).toBeLessThanOrEqual(500)
})
