import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { drawChart } from './chart.js'
import type { RowResult } from './row.js'
import { markdownTable } from './table.js'

/** What `bench/results.json` holds. */
export interface BenchRun {
  readonly machine: string
  /** Whether every row was measured, in full. */
  readonly isWhole: boolean
  readonly results: readonly RowResult[]
}

const begin = '<!-- made by npm run bench -- --write-docs -->'
const end = '<!-- until here -->'

/** Puts the figures of a run into `bench.md` between two marks, and draws `bench.svg`. */
export async function writeDocs({ machine, results }: BenchRun, folder: string): Promise<void> {
  const page = join(folder, 'bench.md')
  const text = await readFile(page, 'utf8')
  const [before, rest] = text.split(begin)
  const after = rest?.split(end)[1]
  if (before === undefined || after === undefined) throw new Error(`${page} has lost its marks`)
  const figures = `${begin}\n\n${machine.replaceAll('\n', '  \n')}\n\n${markdownTable(results)}\n\n${end}`
  await writeFile(page, before + figures + after)
  await writeFile(join(folder, 'bench.svg'), `${drawChart(results)}\n`)
}
