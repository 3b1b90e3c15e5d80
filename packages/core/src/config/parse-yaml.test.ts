import { expect, it } from 'vitest'
import { parseYaml } from './parse-yaml.js'

const invalid = (message: RegExp) =>
  expect.objectContaining({ code: 'options_invalid', message: expect.stringMatching(message) })

it('names the line, without its content, when the text is not YAML', async () => {
  const error = await parseYaml('a: 1\nb: [secret-value', 'file.yaml').then(
    () => expect.unreachable('the text was accepted'),
    (caught: Error & { hint: string }) => caught,
  )
  expect(error).toEqual(invalid(/^file\.yaml, line 2: /))
  expect(JSON.stringify(error)).not.toContain('secret-value')
})

it.each([
  [
    'a Windows path in double quotes',
    'a:\n  b: "C:\\Users\\secret-value"',
    /line 2: a backslash in double quotes/,
    /single quotes/,
  ],
  ['a tab', 'a:\n\tb: secret-value', /line 2: the line is indented/, /spaces/],
  ['a key twice', 'a: 1\na: secret-value', /line 2: a key occurs twice/, /Remove one/],
])('names the fault when the text has %s', async (_what, text, message, hint) => {
  const error = await parseYaml(text, 'file.yaml').then(
    () => expect.unreachable('the text was accepted'),
    (caught: Error & { hint: string }) => caught,
  )
  expect(error).toEqual(invalid(message))
  expect(error.hint).toMatch(hint)
  expect(JSON.stringify(error)).not.toContain('secret-value')
})

it('merges maps', async () => {
  expect(await parseYaml('base: &b { x: 1 }\nmore:\n  <<: *b\n  y: 2', 'file.yaml')).toMatchObject({
    more: { x: 1, y: 2 },
  })
})

it('rejects a text with too many aliases', async () => {
  const lines = Array.from({ length: 12 }, (_, n) => `a${n + 1}: &a${n + 1} [${`*a${n}, `.repeat(9)}*a${n}]`)
  await expect(parseYaml(['a0: &a0 x', ...lines].join('\n'), 'file.yaml')).rejects.toEqual(invalid(/file\.yaml/))
})

it('rejects a text that is larger than 1 MiB', async () => {
  await expect(parseYaml(`a: ${'x'.repeat(1024 * 1024)}`, 'file.yaml')).rejects.toEqual(invalid(/too large/))
})
