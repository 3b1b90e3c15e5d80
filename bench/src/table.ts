import { amountText, ratioText } from './amount.js'
import type { RatedSide, RowResult, Side, Spread } from './row.js'
import { verdictOn, verdictText } from './verdict.js'

/** One line of the table. */
interface Line {
  readonly what: string
  readonly measured: string
  readonly ratio: string
  readonly budget: string
  readonly verdict: string
  readonly runs: string
}

/** Formats a row for a terminal: its name, and a line for each side. */
export function terminalText(row: RowResult): string {
  const lines = [...row.sides.map(side => lineOf(side, row)), referenceLine(row)]
  return [
    row.name,
    ...lines.map(({ what, measured, ratio, budget, verdict, runs }) =>
      `  ${what.padEnd(44)} ${measured.padEnd(44)} ${ratio.padEnd(20)} ${budget.padEnd(7)} ${verdict.padEnd(15)} ${runs}`.trimEnd(),
    ),
  ].join('\n')
}

/** The head of the columns of {@link terminalText}. */
export const terminalHead = `  ${''.padEnd(44)} ${'median (middle half of the runs)'.padEnd(44)} ${'ratio'.padEnd(20)} ${'budget'.padEnd(7)} ${'verdict'.padEnd(15)} runs`

/** Formats all rows as one Markdown table. */
export function markdownTable(rows: readonly RowResult[]): string {
  const head = ['What', 'Connect-Okta and alternatives', 'Reference', 'Ratio', 'Budget', 'Verdict', 'Runs']
  const body = rows.flatMap(row =>
    row.sides.map((side, index) => {
      const { what, measured, ratio, budget, verdict, runs } = lineOf(side, row)
      const isOurs = index === 0
      const { reference } = row
      return [
        isOurs ? row.name : '',
        `${isOurs ? `**${what}**` : what}<br>${measured}`,
        isOurs ? `${reference.what}<br>${measuredText(reference, row.unit)}` : '',
        ratio,
        budget,
        verdict,
        runs,
      ]
    }),
  )
  return [head, head.map(() => '---'), ...body].map(cells => `| ${cells.join(' | ')} |`).join('\n')
}

function lineOf(side: RatedSide, row: RowResult): Line {
  const { budget, ratio, runs } = side
  return {
    what: side.what,
    measured: measuredText(side, row.unit),
    ratio: spreadText(ratio, ratioText),
    budget: budget === undefined ? '' : `${row.better === 'more' ? '≥' : '≤'} ${budget}`,
    verdict: verdictText(verdictOn(side, row)),
    runs: String(runs),
  }
}

function referenceLine({ reference, unit }: RowResult): Line {
  const measured = measuredText(reference, unit)
  return { what: reference.what, measured, ratio: 'reference', budget: '', verdict: '', runs: String(reference.runs) }
}

function measuredText(side: Side, unit: string): string {
  const requests = side.requests === undefined ? '' : `, ${side.requests.toLocaleString('en')} ${plural(side.requests)}`
  const slowest = side.p99Ms === undefined ? '' : `, p99 ${amountText(side.p99Ms, 'ms')}`
  return `${spreadText(side, amount => amountText(amount, unit))}${requests}${slowest}`
}

function plural(requests: number): string {
  return requests === 1 ? 'request' : 'requests'
}

function spreadText({ lower, median, upper }: Spread, text: (amount: number) => string): string {
  if (lower === upper) return text(median)
  return `${text(median)} (${ratioText(lower)} to ${ratioText(upper)})`
}
