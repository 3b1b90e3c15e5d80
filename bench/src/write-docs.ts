import { readFile, writeFile } from 'node:fs/promises'
import type { RowResult } from './row.js'
import { markdownTable } from './table.js'

/** One run of the bench. */
export interface BenchRun {
  readonly machine: string
  /** Whether every row was measured, in full. */
  readonly isWhole: boolean
  readonly results: readonly RowResult[]
}

/** What `bench/results.json` holds: the last run by each major version of Node. */
export type BenchRuns = Readonly<Record<string, BenchRun>>

const begin = '<!-- made by npm run bench -- --write-docs -->'
const end = '<!-- until here -->'

/** Writes a table for each version of Node into a page, between two marks. */
export async function writeDocs(runs: BenchRuns, page: string): Promise<void> {
  const text = await readFile(page, 'utf8')
  const [before, rest] = text.split(begin)
  const after = rest?.split(end)[1]
  if (before === undefined || after === undefined) throw new Error(`The marks are missing in ${page}.`)
  const tables = Object.entries(runs).map(
    ([node, { machine, results }]) =>
      `## Node ${node}\n\n${machine.replaceAll('\n', '  \n')}\n\n${markdownTable(results)}\n\n`,
  )
  await writeFile(page, `${before}${begin}\n\n${tables.join('')}${end}${after}`)
}
