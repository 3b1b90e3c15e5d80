import { mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { measure } from './measure.js'
import type { Row } from './row.js'
import { writeDocs } from './write-docs.js'

const row: Row = {
  name: 'A job',
  ours: 'our way',
  reference: 'their way',
  budget: 1.1,
  against: 'peer',
  pairs: 1,
  async prepare() {
    return {
      ours: async () => ({ amount: 12, requests: 1 }),
      reference: async () => ({ amount: 10, requests: 1 }),
      others: [{ what: 'a third way', run: async () => ({ amount: 2000 }) }],
      async close() {},
    }
  },
}

async function pageAfter(versions: readonly string[]): Promise<string> {
  const page = join(await mkdtemp(join(tmpdir(), 'bench-docs-')), 'bench.md')
  const before =
    'Prose.\n<!-- made by npm run bench -- --write-docs -->\nold figures\n<!-- until here -->\nMore prose.\n'
  await writeFile(page, before)
  const results = [await measure(row, row.pairs)]
  const runs = versions.map(version => [version, { machine: `a machine with ${version}`, isWhole: true, results }])
  await writeDocs(Object.fromEntries(runs), page)
  return await readFile(page, 'utf8')
}

it('writes a line for each side between the marks, and leaves the prose', async () => {
  const page = await pageAfter(['24'])
  expect(page).toMatch(/^Prose\.\n<!-- made by [\s\S]*<!-- until here -->\nMore prose\.\n$/)
  expect(page).not.toContain('old figures')
  expect(page).toContain(
    '| A job | **our way**<br>12 ms, 1 request | their way<br>10 ms, 1 request | 1.20 | ≤ 1.1 | OVER, behind | 1 |',
  )
  expect(page).toContain('|  | a third way<br>2,000 ms |  | 200 |  |  | 1 |')
})

it('writes a table for each version of Node', async () => {
  const page = await pageAfter(['24', '20'])
  expect(page.match(/^## .*/gm)).toEqual(['## Node 20', '## Node 24'])
  expect(page.match(/^a machine with .*/gm)).toEqual(['a machine with 20', 'a machine with 24'])
  expect(page.match(/^\| A job /gm)).toHaveLength(2)
})

it('writes the same again from the same figures', async () => {
  expect(await pageAfter(['24'])).toEqual(await pageAfter(['24']))
})
