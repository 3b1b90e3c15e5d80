import { spawnSync } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { delimiter, dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { machineText } from './machine.js'
import { measure } from './measure.js'
import type { Row, RowResult } from './row.js'
import { rows } from './rows/index.js'
import { terminalHead, terminalText } from './table.js'
import { verdictOn } from './verdict.js'
import { type BenchRuns, writeDocs } from './write-docs.js'

const resultsFile = fileURLToPath(new URL('../results.json', import.meta.url))
const page = fileURLToPath(new URL('../../docs/bench.md', import.meta.url))

// A few pairs on a busy machine are not precise: a smoke run fails only if a row misses its budget by far, several times.
const smoke = { pairs: 2, tolerance: 3, attempts: 3 }

const usage = `npm run bench -- [--smoke] [TITLE]   measures every row, or those whose title contains TITLE; --smoke is a short run
npm run bench -- --write-docs        updates docs/bench.md from the last run with each version of Node
`
const flags = process.argv.slice(2).filter(one => one.startsWith('-'))
const titles = process.argv.slice(2).filter(one => !one.startsWith('-'))
const unknown = flags.find(one => one !== '--smoke' && one !== '--write-docs')
if (unknown !== undefined) {
  process.stderr.write(`Unknown option: ${unknown}\n${usage}`)
  process.exit(2)
}

// With custom certificates, Node takes three times as long to start, which hides the time of the program.
for (const name of ['NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE', 'NODE_OPTIONS']) delete process.env[name]
// The PowerShell module and npm find Node on the PATH. All rows must use the same Node.
process.env.PATH = [dirname(process.execPath), process.env.PATH].join(delimiter)

if (flags.includes('--write-docs')) await writeDocsOfLastRuns()
else await bench(flags.includes('--smoke'))
// A Redis client may still try to reconnect.
process.exit()

async function bench(isSmoke: boolean): Promise<void> {
  const named = rows.filter(({ name }) => titles.length === 0 || titles.some(title => name.includes(title)))
  // A row without a budget cannot fail.
  const chosen = named.filter(({ isLong = false, budget }) => !isSmoke || (!isLong && budget !== undefined))
  const machine = machineText()
  process.stdout.write(`${machine}\n\n${terminalHead}\n`)
  const results: RowResult[] = []
  const problems: string[] = []
  for (const row of chosen) {
    const missing = missingFor(row)
    if (missing !== undefined) {
      process.stdout.write(`${row.name}\n  skipped: ${missing} is missing\n\n`)
      continue
    }
    try {
      const result = isSmoke ? await measureBriefly(row) : await measure(row, row.pairs)
      results.push(result)
      process.stdout.write(`${terminalText(result)}\n\n`)
    } catch (error) {
      problems.push(`FAILED: ${row.name}: ${error instanceof Error ? error.message : error}`)
      process.stdout.write(`${row.name}\n  failed: ${error instanceof Error ? error.stack : error}\n\n`)
    }
  }
  const isComplete = !isSmoke && results.length === rows.length
  const [major = ''] = process.versions.node.split('.')
  const runs: BenchRuns = { ...(await lastRuns()), [major]: { machine, isComplete, results } }
  await writeFile(resultsFile, `${JSON.stringify(runs, null, 2)}\n`)

  problems.push(...results.flatMap(result => missesOf(result, isSmoke ? smoke.tolerance : 1)))
  for (const problem of problems) process.stdout.write(`${problem}\n`)
  process.exitCode = problems.length > 0 ? 1 : 0
}

async function measureBriefly(row: Row): Promise<RowResult> {
  const once = () => measure(row, Math.min(smoke.pairs, row.pairs))
  let result = await once()
  for (let attempt = 1; attempt < smoke.attempts && missesOf(result, smoke.tolerance).length > 0; attempt++) {
    result = await once()
  }
  return result
}

function missesOf(result: RowResult, tolerance: number): string[] {
  const missed = result.sides.filter(side => verdictOn(side, result, tolerance).isWithinBudget === false)
  return missed.map(({ what, ratio, budget }) => {
    return `MISSED: ${result.name}: ${what}: ${ratio.median.toFixed(2)}, the budget is ${budget}`
  })
}

function missingFor({ needs = [] }: Row): string | undefined {
  return [needs].flat().find(command => spawnSync(command, ['--version'], { stdio: 'ignore' }).error !== undefined)
}

async function lastRuns(): Promise<BenchRuns> {
  return JSON.parse(await readFile(resultsFile, 'utf8').catch(() => '{}'))
}

async function writeDocsOfLastRuns(): Promise<void> {
  const runs = await lastRuns()
  const partial = Object.keys(runs).filter(node => runs[node]?.isComplete !== true)
  if (Object.keys(runs).length > 0 && partial.length === 0) return await writeDocs(runs, page)
  const which =
    partial.length === 0 ? 'Run it' : `The last run by Node ${partial.join(' and ')} was not complete. Run it`
  process.stderr.write(`${which} first: npm run bench\n`)
  process.exitCode = 1
}
