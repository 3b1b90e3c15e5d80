import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { measure } from './measure.js'
import type { Row } from './row.js'
import { writeDocs } from './write-docs.js'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bench-docs-'))
})
afterEach(() => rm(folder, { recursive: true }))

const amounts: Omit<Row, 'name' | 'chart'> = {
  ours: 'our way',
  reference: 'their way',
  budget: 1.1,
  against: 'peer',
  pairs: 1,
  async prepare() {
    return {
      ours: async () => ({ amount: 12, requests: 1 }),
      reference: async () => ({ amount: 10, requests: 1 }),
      others: [{ what: 'a third way', at: 10, run: async () => ({ amount: 2000 }) }],
      async close() {},
    }
  },
}

async function pageAfter(rows: readonly Row[]): Promise<{ page: string; chart: string }> {
  const before =
    'Prose.\n<!-- made by npm run bench -- --write-docs -->\nold figures\n<!-- until here -->\nMore prose.\n'
  await writeFile(join(folder, 'bench.md'), before)
  const results = await Promise.all(rows.map(row => measure(row, row.pairs)))
  await writeDocs({ machine: 'a machine', isWhole: true, results }, folder)
  const [page, chart] = await Promise.all(['bench.md', 'bench.svg'].map(name => readFile(join(folder, name), 'utf8')))
  return { page: page ?? '', chart: chart ?? '' }
}

it('puts a line for each side between the marks, and leaves the prose', async () => {
  const { page } = await pageAfter([{ ...amounts, name: 'A job' }])
  expect(page).toMatch(/^Prose\.\n<!-- made by [\s\S]*<!-- until here -->\nMore prose\.\n$/)
  expect(page).not.toContain('old figures')
  expect(page).toContain('a machine')
  expect(page).toContain(
    '| A job | **our way**<br>12 ms, 1 request | their way<br>10 ms, 1 request | 1.20 | ≤ 1.1 | OVER, behind | 1 |',
  )
  expect(page).toContain('|  | a third way<br>2,000 ms |  | 200 |  |  | 1 |')
})

it('writes the same again from the same figures', async () => {
  const first = await pageAfter([{ ...amounts, name: 'A job' }])
  const second = await pageAfter([{ ...amounts, name: 'A job' }])
  expect(second).toEqual(first)
})

it('draws every side, rows of one panel together, and has other colours for dark pages', async () => {
  const shared = (group: string): Row => ({ ...amounts, name: `A job, ${group}`, chart: { panel: 'A job', group } })
  const { chart } = await pageAfter([shared('by day'), shared('by night')])
  const texts = [...chart.matchAll(/<text[^>]*>([^<]*)</g)].map(([, text]) => text)
  expect(texts.filter(text => text === 'A job')).toHaveLength(1)
  for (const twice of ['our way', 'their way', 'a third way', '2,000 ms']) {
    expect(texts.filter(text => text === twice)).toHaveLength(2)
  }
  expect(texts).toEqual(expect.arrayContaining(['by day', 'by night', 'log scale']))
  expect(chart).toContain('prefers-color-scheme:dark')
})

it('draws a curve for what grows', async () => {
  const growth = { of: 'records', ours: 1000, reference: 1 }
  const { chart } = await pageAfter([{ ...amounts, name: 'A job', chart: { panel: 'A job', group: 'files', growth } }])
  const texts = [...chart.matchAll(/<text[^>]*>([^<]*)</g)].map(([, text]) => text)
  expect(texts).toEqual(expect.arrayContaining(['records', 'files', '1K']))
  expect(texts).not.toContain('a third way')
})
