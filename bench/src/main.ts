import { spawnSync } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { arch, cpus, platform, release } from 'node:os'
import { fileURLToPath } from 'node:url'
import { measure } from './measure.js'
import type { RowResult } from './row.js'
import { cliCachedToken } from './rows/cli-cached-token.js'
import { firstToken, firstTokenWithDpop } from './rows/first-token.js'
import { fileHitAmongMany, redisHitAmongMany } from './rows/hit-among-many.js'
import { powershellFirstConnect, powershellImport, powershellLaterConnect, powershellToken } from './rows/powershell.js'

const rows = [
  ...[cliCachedToken, firstToken, firstTokenWithDpop, fileHitAmongMany, redisHitAmongMany],
  ...[powershellFirstConnect, powershellLaterConnect, powershellToken, powershellImport],
]

const isSmoke = process.argv.includes('--smoke')
const unknown = process.argv.slice(2).find(one => one !== '--smoke')
if (unknown !== undefined) {
  process.stderr.write(`There is no option ${unknown}. npm run bench -- [--smoke]\n`)
  process.exit(2)
}

const [cpu] = cpus()
const machine = `Node ${process.versions.node}, ${platform()} ${release()} ${arch()}, ${cpus().length} x ${cpu?.model}`
process.stdout.write(`${machine}\n\n`)

const results: RowResult[] = []
for (const row of rows) {
  if (row.needs !== undefined && spawnSync(row.needs, ['--version']).error !== undefined) {
    process.stdout.write(`${row.name}\n  skipped: it needs ${row.needs}\n\n`)
    continue
  }
  const result = await measure(row, isSmoke ? 5 : row.pairs)
  results.push(result)
  process.stdout.write(`${describe(result)}\n\n`)
}

const file = fileURLToPath(new URL('../results.json', import.meta.url))
await writeFile(file, `${JSON.stringify({ machine, isSmoke, results }, null, 2)}\n`)

// A few runs on a busy machine say little: a smoke test fails for gross misses alone.
const tolerance = isSmoke ? 2 : 1
const missed = results.filter(({ ratio, budget }) => !(ratio <= budget * tolerance))
for (const { name, ratio, budget } of missed) {
  process.stdout.write(`MISSED: ${name}: ${ratio.toFixed(2)} where ${budget * tolerance} is the limit\n`)
}
process.exitCode = missed.length > 0 ? 1 : 0

function describe({ name, ours, reference, ratio, budget, pairs, isWithinBudget }: RowResult): string {
  const side = ({ what, medianMs, minMs, maxMs, requests }: RowResult['ours']) => {
    const counted = requests === undefined ? '' : `, ${requests} HTTP requests`
    return `  ${what.padEnd(34)} ${medianMs.toFixed(1).padStart(8)} ms   (${minMs.toFixed(1)} to ${maxMs.toFixed(1)})${counted}`
  }
  const verdict = isWithinBudget ? 'within' : 'over'
  return [
    name,
    side(ours),
    side(reference),
    `  ratio ${ratio.toFixed(2)} (the median of ${pairs} pairs), ${verdict} the budget of ${budget}`,
  ].join('\n')
}
