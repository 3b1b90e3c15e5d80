import { describe, expect, it } from 'vitest'
import { wrapWords } from './wrap-words.js'

describe('wrapWords', () => {
  it.each([
    ['a line that fits', 'as it is', 8, undefined, 'as it is'],
    ['a longer one', 'one two three', 7, undefined, 'one two\nthree'],
    ['one that is set in', '  one two three', 9, undefined, '  one two\n  three'],
    ['a row of a table', 'ok   name   one two three', 19, 12, 'ok   name   one two\n            three'],
    [
      'an address',
      'go to https://example.okta.com/oauth2 now',
      12,
      undefined,
      'go to\nhttps://example.okta.com/oauth2\nnow',
    ],
    ['colours', '\u001b[31mone\u001b[39m two three', 7, undefined, '\u001b[31mone\u001b[39m two\nthree'],
    ['several lines', 'one two\n  three four', 7, undefined, 'one two\n  three\n  four'],
  ])('wraps between words: %s', (_what, text, columns, indent, expected) => {
    expect(wrapWords(text, columns, indent)).toBe(expected)
  })
})
