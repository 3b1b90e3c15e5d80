import { spawnSync } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { machineText } from './machine.js'
import { measure } from './measure.js'
import type { Row, RowResult } from './row.js'
import { rows } from './rows/index.js'
import { terminalHead, terminalText } from './table.js'
import { verdictOn } from './verdict.js'
import type { BenchRun } from './write-docs.js'

const resultsFile = fileURLToPath(new URL('../results.json', import.meta.url))
const docsFolder = fileURLToPath(new URL('../../docs/', import.meta.url))

const smokePairs = 2

const usage = `npm run bench -- [--smoke] [WORDS]   every row, or those with a word in their name; --smoke for a short run
npm run bench -- --write-docs        docs/bench.md and docs/bench.svg, from the last whole run
`
const flags = process.argv.slice(2).filter(one => one.startsWith('-'))
const words = process.argv.slice(2).filter(one => !one.startsWith('-'))
const unknown = flags.find(one => one !== '--smoke' && one !== '--write-docs')
if (unknown !== undefined) {
  process.stderr.write(`There is no option ${unknown}.\n${usage}`)
  process.exit(2)
}

// With authorities of one's own each start of Node takes three times as long, and beside that whatever a program does looks
// cheap.
for (const name of ['NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE', 'NODE_OPTIONS']) delete process.env[name]

if (flags.includes('--write-docs')) await writeDocsOfLastRun()
else await bench(flags.includes('--smoke'))
// A client of a store that has ended may still try to come back.
process.exit()

async function bench(isSmoke: boolean): Promise<void> {
  const named = rows.filter(({ name }) => words.length === 0 || words.some(word => name.includes(word)))
  // Without a budget nothing can be missed.
  const chosen = named.filter(({ isLong = false, budget }) => !isSmoke || (!isLong && budget !== undefined))
  const machine = machineText()
  process.stdout.write(`${machine}\n\n${terminalHead}\n`)
  const results: RowResult[] = []
  const problems: string[] = []
  for (const row of chosen) {
    const missing = missingFor(row)
    if (missing !== undefined) {
      process.stdout.write(`${row.name}\n  left out: it needs ${missing}\n\n`)
      continue
    }
    try {
      const result = await measure(row, isSmoke ? Math.min(smokePairs, row.pairs) : row.pairs)
      results.push(result)
      process.stdout.write(`${terminalText(result)}\n\n`)
    } catch (error) {
      problems.push(`FAILED: ${row.name}: ${error instanceof Error ? error.message : error}`)
      process.stdout.write(`${row.name}\n  failed: ${error instanceof Error ? error.stack : error}\n\n`)
    }
  }
  const isWhole = !isSmoke && results.length === rows.length
  await writeFile(resultsFile, `${JSON.stringify({ machine, isWhole, results } satisfies BenchRun, null, 2)}\n`)

  // A few runs on a busy machine say little: a smoke test fails for gross misses alone.
  const tolerance = isSmoke ? 2 : 1
  for (const result of results) {
    for (const side of result.sides) {
      if (verdictOn(side, result, tolerance).isWithinBudget !== false) continue
      problems.push(
        `MISSED: ${result.name}: ${side.what}: ${side.ratio.median.toFixed(2)}, the budget is ${side.budget}`,
      )
    }
  }
  for (const problem of problems) process.stdout.write(`${problem}\n`)
  process.exitCode = problems.length > 0 ? 1 : 0
}

function missingFor({ needs = [] }: Row): string | undefined {
  return [needs].flat().find(command => spawnSync(command, ['--version'], { stdio: 'ignore' }).error !== undefined)
}

async function writeDocsOfLastRun(): Promise<void> {
  const run = JSON.parse(await readFile(resultsFile, 'utf8').catch(() => '{}')) as Partial<BenchRun>
  if (run.isWhole !== true) {
    process.stderr.write('The last run was none of every row. First: npm run bench\n')
    process.exitCode = 1
    return
  }
  // What draws the chart takes long to load.
  const { writeDocs } = await import('./write-docs.js')
  await writeDocs(run as BenchRun, docsFolder)
}
