import type { RatedSide, RowResult } from './row.js'

/** The result of a side. */
export interface Verdict {
  /** `undefined` without a budget. */
  readonly isWithinBudget: boolean | undefined
  /** Compared with an alternative. `level`: the difference is within the noise. */
  readonly standing: 'ahead' | 'level' | 'behind' | undefined
}

/**
 * Compares one side of a row with its budget and with the alternative.
 *
 * @param tolerance a factor for the budget. With a factor above 1, the better quartile of the runs is compared instead of the median,
 * because a few runs on a busy machine are not precise.
 */
export function verdictOn(side: RatedSide, row: RowResult, tolerance = 1): Verdict {
  return { isWithinBudget: isWithin(side, row, tolerance), standing: standingOf(side, row) }
}

/** Formats a verdict for a table. */
export function verdictText({ isWithinBudget, standing }: Verdict): string {
  const budget = isWithinBudget === undefined ? [] : [isWithinBudget ? 'within' : 'OVER']
  return [...budget, ...(standing === undefined ? [] : [standing])].join(', ')
}

function isWithin({ ratio, budget, requests }: RatedSide, row: RowResult, tolerance: number): boolean | undefined {
  if (budget === undefined) return undefined
  // Counts are exact, so there is no tolerance.
  if (requests !== undefined && row.reference.requests !== undefined && requests > row.reference.requests) return false
  const { lower, median, upper } = ratio
  // These comparisons are false for NaN, which is then a failure.
  if (row.better === 'more') return (tolerance > 1 ? upper : median) >= budget / tolerance
  return (tolerance > 1 ? lower : median) <= budget * tolerance
}

function standingOf(side: RatedSide, row: RowResult): Verdict['standing'] {
  if (row.against !== 'peer' || !side.isOurs) return undefined
  const { lower, upper } = side.ratio
  if (lower <= 1 && upper >= 1) return 'level'
  return upper < 1 === (row.better === 'less') ? 'ahead' : 'behind'
}
