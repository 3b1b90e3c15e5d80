import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { jsonItems } from './json-items.js'

describe('jsonItems', () => {
  it.each([undefined, 1, '\t'])('yields the items of any array, laid out with %j, each on one line', indent => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue()), values => {
        const items = [...jsonItems(JSON.stringify(values, undefined, indent))]
        expect(items.map(one => JSON.parse(one))).toEqual(JSON.parse(JSON.stringify(values)))
        expect(items.join('')).not.toMatch(/[\r\n]/)
      }),
    )
  })

  it('yields a value that is not an array as the only item', () => {
    expect([...jsonItems(' {"a":[1,2]}\n')]).toEqual(['{"a":[1,2]}'])
  })

  it('keeps the digits of numbers and the escapes of text', () => {
    expect([...jsonItems('[12345678901234567890, "\\u009b"]')]).toEqual(['12345678901234567890', '"\\u009b"'])
  })

  it('rejects a string without an end in one pass', () => {
    // A regular expression would take hours: it reads the string again from each quote.
    for (const part of ['\\"', '"', '"\\']) {
      expect(() => [...jsonItems(`["${part.repeat(1_000_001)}`)]).toThrow(SyntaxError)
    }
  })

  it.each(['', '[', '[1', '[1,', '[1,]', '[,1]', '[1]]', '[1] 2', '[{]}', '["a]', '[1 2]', '<html>', '[}', '{"a":1'])(
    'throws for %j',
    text => {
      expect(() => [...jsonItems(text)]).toThrow(SyntaxError)
    },
  )
})
