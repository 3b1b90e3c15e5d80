import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const page = new URL('../docs/threat-model.md', import.meta.url)
const text = await readFile(page, 'utf8')
// A row of a table of attacks begins with what is tried and ends with the test that tries it.
const tables = text.split('\n## ').filter(part => part.includes('| tried by |'))
const rows = tables.flatMap(part => part.split('\n').filter(line => /^\| (?!it tries|what happens|-)/.test(line)))
// A row names one test or more.
const citation = /\[[^\]]+\]\((?<path>\.\.\/(?:packages|scripts)\/[^)]+\.test\.ts)\) "(?<name>[^"]+)"/g

describe('the threat model', () => {
  it('names forty attacks or more', () => {
    expect(rows.length).toBeGreaterThanOrEqual(40)
  })

  it.each(rows)('is held to its tests: %s', async row => {
    const citations = [...row.matchAll(citation)].map(({ groups }) => groups ?? {})
    expect(citations.length).toBeGreaterThan(0)
    for (const { path = '', name = '' } of citations) {
      const tests = await readFile(fileURLToPath(new URL(path, page)), 'utf8')
      expect(tests).toContain(name)
    }
  })
})
