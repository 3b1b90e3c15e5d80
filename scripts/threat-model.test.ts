import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const page = new URL('../docs/threat-model.md', import.meta.url)
const text = await readFile(page, 'utf8')
// A row of a table of attacks begins with what is tried and ends with the test that tries it.
const tables = text.split('\n## ').filter(part => part.includes('| tried by |'))
const rows = tables.flatMap(part => part.split('\n').filter(line => /^\| (?!it tries|what happens|-)/.test(line)))
const trial = /\[[^\]]+\]\((?<path>\.\.\/(?:packages|scripts)\/[^)]+\.test\.ts)\) "(?<name>[^"]+)" \|$/

describe('the threat model', () => {
  it('names forty attacks or more', () => {
    expect(rows.length).toBeGreaterThanOrEqual(40)
  })

  it.each(rows)('is held to a test: %s', async row => {
    const { path = '', name = '' } = trial.exec(row)?.groups ?? {}
    const tests = await readFile(fileURLToPath(new URL(path, page)), 'utf8')
    expect(tests).toContain(name)
  })
})
