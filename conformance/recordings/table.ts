import type { Fact } from './fact.js'
import type { KnownDifference } from './known-differences.js'

/** Prints a row for each operation: whether the emulator answers as recorded, or what differs. */
export function printTable(
  facts: ReadonlyMap<string, Fact>,
  compared: ReadonlySet<string>,
  found: readonly { readonly operation: string; readonly difference: string }[],
  known: readonly KnownDifference[],
): void {
  const general = known.filter(({ operation }) => operation === undefined).map(({ difference }) => difference)
  const rows = [...compared].sort().map(operation => {
    const own = found.filter(each => each.operation === operation).map(({ difference }) => difference)
    const differences = [...new Set(own)].filter(difference => !general.includes(difference))
    return [operation, facts.get(operation)?.recorded ?? '', differences.join('; ') || 'as recorded']
  })
  const widths = [0, 1].map(column => Math.max(...rows.map(row => row[column]?.length ?? 0)))
  const lines = rows.map(row => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '))
  const everywhere = general.map(difference => `everywhere: ${difference}`)
  const same = rows.filter(row => row[2] === 'as recorded').length
  process.stdout.write(`${[...lines, ...everywhere, `${same} of ${rows.length} operations as recorded`].join('\n')}\n`)
}
