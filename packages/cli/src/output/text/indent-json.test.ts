import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { indentJson } from './indent-json.js'

describe('indentJson', () => {
  it('indents any JSON as JSON.stringify does', () => {
    const isPlain = (value: unknown) => !/-0|e[+-]|\\u|"__proto__"/.test(JSON.stringify(value) ?? '')
    const json = fc.jsonValue({ maxDepth: 6 }).filter(value => isPlain(value) && !Object.is(value, -0))
    fc.assert(
      fc.property(json, value => {
        expect(indentJson(JSON.stringify(value))).toBe(JSON.stringify(value, undefined, 2))
        expect(indentJson(JSON.stringify(value, undefined, '\t '))).toBe(JSON.stringify(value, undefined, 2))
      }),
    )
  })

  it.each(['{"id":12345678901234567890}', '{"text":"\\u009b2J\\ud83d"}', '{"a":1,"a":2}'])(
    'changes no value of %s',
    text => {
      expect(indentJson(text).replace(/\s/g, '')).toBe(text)
    },
  )

  it.each(['', 'no JSON', '{"a":', '[1,]', '"open'])('leaves %j unchanged', text => {
    expect(indentJson(text)).toBe(text)
  })

  it('makes deep JSON at most 40 times as long', () => {
    const depth = 5_000
    const text = `${'['.repeat(depth)}${'1,'.repeat(10_000)}1${']'.repeat(depth)}`
    expect(indentJson(text).length).toBeLessThan(text.length * 40)
  })
})
