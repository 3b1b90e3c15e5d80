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

it('rejects a text with too many aliases', async () => {
  const lines = Array.from({ length: 12 }, (_, n) => `a${n + 1}: &a${n + 1} [${`*a${n}, `.repeat(9)}*a${n}]`)
  await expect(parseYaml(['a0: &a0 x', ...lines].join('\n'), 'file.yaml')).rejects.toEqual(invalid(/file\.yaml/))
})

it('rejects a text that is larger than 1 MiB', async () => {
  await expect(parseYaml(`a: ${'x'.repeat(1024 * 1024)}`, 'file.yaml')).rejects.toEqual(invalid(/too large/))
})
