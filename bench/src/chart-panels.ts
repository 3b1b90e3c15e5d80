import type { RowResult } from './row.js'

/** One mark of a chart: a bar, or a point of a curve. */
export interface Mark {
  readonly what: string
  readonly role: 'ours' | 'reference' | 'other'
  readonly amount: number
  /** Where it stands on a curve. */
  readonly at: number | undefined
}

/** Marks that belong together: those of one row. */
export interface Group {
  readonly name: string | undefined
  readonly marks: readonly Mark[]
}

/** A part of the chart, with a scale of its own. */
export interface Panel {
  readonly title: string
  readonly unit: string
  readonly better: RowResult['better']
  /** What grows, where it shows curves. */
  readonly growthOf: string | undefined
  readonly groups: readonly Group[]
}

/** What a panel adds to the option of the whole chart. */
export interface PanelOption {
  readonly title: readonly object[]
  readonly grid: readonly object[]
  readonly xAxis: readonly object[]
  readonly yAxis: readonly object[]
  readonly series: readonly object[]
}

/** A panel, and its place in the chart, in pixels. */
export interface Frame {
  readonly panel: Panel
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
}

/** Puts rows that name the same panel into one, in the order of the table. */
export function panelsOf(results: readonly RowResult[]): readonly Panel[] {
  const titleOf = ({ name, chart }: RowResult) => chart?.panel ?? name
  return results.flatMap((first, index) => {
    const title = titleOf(first)
    const rows = results.filter(row => titleOf(row) === title)
    if (rows[0] !== results[index]) return []
    const groups = rows.map(row => ({ name: row.chart?.group, marks: marksOf(row) }))
    return [{ title, unit: first.unit, better: first.better, growthOf: first.chart?.growth?.of, groups }]
  })
}

/** Whether the amounts of a panel lie so far apart that only a logarithmic scale shows them all. */
export function isWide({ groups }: Panel): boolean {
  const amounts = groups.flatMap(({ marks }) => marks.map(({ amount }) => amount)).filter(amount => amount > 0)
  return Math.max(...amounts) / Math.min(...amounts) > 25
}

function marksOf({ sides, reference }: RowResult): readonly Mark[] {
  const [ours, ...others] = sides.map(({ what, median, at, isOurs }) => ({
    what,
    role: isOurs ? ('ours' as const) : ('other' as const),
    amount: median,
    at,
  }))
  if (ours === undefined) throw new Error('a row has a side')
  return [ours, { ...reference, role: 'reference', amount: reference.median }, ...others]
}
