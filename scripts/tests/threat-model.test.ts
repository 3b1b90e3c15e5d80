import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const page = new URL('../../docs/threat-model.md', import.meta.url)
const text = await readFile(page, 'utf8')
// A row begins with the attack and ends with the tests that run it.
const tables = text.split('\n## ').filter(part => part.includes('| test |'))
const rows = tables.flatMap(part => part.split('\n').filter(line => /^\| (?!attack|error|-)/.test(line)))
const citation = /\[[^\]]+\]\((?<path>\.\.\/(?:packages|scripts)\/[^)]+\.test\.ts)\) "(?<name>[^"]+)"/g

describe('the threat model', () => {
  it('names at least forty attacks', () => {
    expect(rows.length).toBeGreaterThanOrEqual(40)
  })

  it.each(rows)('cites tests that exist: %s', async row => {
    const citations = [...row.matchAll(citation)].map(({ groups }) => groups ?? {})
    expect(citations.length).toBeGreaterThan(0)
    for (const { path = '', name = '' } of citations) {
      const tests = await readFile(fileURLToPath(new URL(path, page)), 'utf8')
      expect(tests).toContain(name)
    }
  })
})
