import type { Fact } from './fact.js'
import { isKnown, type KnownDifference } from './known-differences.js'

/**
 * Prints a row for each operation: whether the emulator answers as recorded (`same`), with known differences (`known`), or with others
 * (`differs`). Below, a row for each difference.
 */
export function printTable(
  facts: ReadonlyMap<string, Fact>,
  compared: ReadonlySet<string>,
  found: readonly { readonly operation: string; readonly difference: string }[],
  known: readonly KnownDifference[],
): void {
  const everywhere = new Set(
    known.filter(({ operation }) => operation === undefined).map(({ difference }) => difference),
  )
  const width = Math.max(...[...compared].map(name => name.length))
  const counts = { same: 0, known: 0, differs: 0 }
  const rows = [...compared].sort().flatMap(name => {
    const own = found.filter(({ operation, difference }) => operation === name && !everywhere.has(difference))
    const verdict = own.length === 0 ? 'same' : own.every(isKnown) ? 'known' : 'differs'
    counts[verdict] += 1
    const differences = [...new Set(own.map(({ difference }) => difference))]
    return [
      `${verdict.padEnd(7)}  ${name.padEnd(width)}  ${facts.get(name)?.recorded}`,
      ...differences.map(difference => `           ${difference}`),
    ]
  })
  const general = [...everywhere].map(difference => `known    all responses: ${difference}`)
  const { same, known: listed, differs } = counts
  const summary = `${same} operations answer as recorded, ${listed} with known differences, ${differs} with others`
  process.stdout.write(`${[...rows, ...general, summary].join('\n')}\n`)
}
