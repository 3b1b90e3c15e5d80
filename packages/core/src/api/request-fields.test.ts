import { describe, expect, it } from 'vitest'
import { jsonBodyOf, withQuery } from './request-fields.js'

describe('jsonBodyOf', () => {
  it('builds objects and lists from names', () => {
    const body = jsonBodyOf([
      ['profile[name]', 'Pilots'],
      ['size', 12],
      ['ids[]', 'a'],
      ['ids[]', null],
      ['list[][name]', 'x'],
    ])
    expect(JSON.parse(body)).toEqual({
      profile: { name: 'Pilots' },
      size: 12,
      ids: ['a', null],
      list: [{ name: 'x' }],
    })
  })

  it('treats __proto__ as a name like any other', () => {
    expect(jsonBodyOf([['__proto__[admin]', true]])).toBe('{"__proto__":{"admin":true}}')
  })

  it.each([
    [
      'a value and an object',
      [
        ['a', 1],
        ['a[b]', 2],
      ],
    ],
    [
      'a list and an object',
      [
        ['a[]', 1],
        ['a[b]', 2],
      ],
    ],
    [
      'an object and a list',
      [
        ['a[b]', 1],
        ['a[]', 2],
      ],
    ],
    ['no name', [['[a]', 1]]],
    ['an open bracket', [['a[b', 1]]],
  ] as const)('rejects fields with %s', (_what, fields) => {
    expect(() => jsonBodyOf(fields)).toThrow(expect.objectContaining({ code: 'options_invalid' }))
  })
})

describe('withQuery', () => {
  it('adds encoded fields before a fragment, after those that are there', () => {
    expect(
      withQuery('/x?limit=1#end', [
        ['search', 'status eq "ACTIVE"'],
        ['q', true],
      ]),
    ).toBe('/x?limit=1&search=status+eq+%22ACTIVE%22&q=true#end')
    expect(withQuery('/x', [])).toBe('/x')
  })
})
