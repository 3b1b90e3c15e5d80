import type { Fact } from './fact.js'
import type { KnownDifference } from './known-differences.js'

/** Prints a row for each operation: whether the emulator answers as recorded. Below, a row for each difference. */
export function printTable(
  facts: ReadonlyMap<string, Fact>,
  compared: ReadonlySet<string>,
  found: readonly { readonly operation: string; readonly difference: string }[],
  known: readonly KnownDifference[],
): void {
  const everywhere = new Set(
    known.filter(({ operation }) => operation === undefined).map(({ difference }) => difference),
  )
  const operations = [...compared].sort()
  const differencesOf = new Map(
    operations.map(name => {
      const own = found.filter(({ operation, difference }) => operation === name && !everywhere.has(difference))
      return [name, [...new Set(own.map(({ difference }) => difference))]]
    }),
  )
  const width = Math.max(...operations.map(name => name.length))
  const rows = [...differencesOf].flatMap(([name, differences]) => {
    const verdict = differences.length === 0 ? 'same   ' : 'differs'
    return [
      `${verdict}  ${name.padEnd(width)}  ${facts.get(name)?.recorded}`,
      ...differences.map(each => `           ${each}`),
    ]
  })
  const same = [...differencesOf.values()].filter(differences => differences.length === 0).length
  const summary = `${same} of ${operations.length} operations answer as recorded`
  const general = [...everywhere].map(difference => `differs  in all responses: ${difference}`)
  process.stdout.write(`${[...rows, ...general, summary].join('\n')}\n`)
}
