import type { RatedSide, RowResult } from './row.js'

/** What is to be said of a side. */
export interface Verdict {
  /** `undefined` where there is no budget. */
  readonly isWithinBudget: boolean | undefined
  /** Against what a user would pick instead; `level` where the runs do not tell the two apart. */
  readonly standing: 'ahead' | 'level' | 'behind' | undefined
}

/**
 * Judges one side of a row.
 *
 * @param tolerance how many times the budget is still let pass, by the better of its runs: a few on a busy machine say
 * little.
 */
export function verdictOn(side: RatedSide, row: RowResult, tolerance = 1): Verdict {
  return { isWithinBudget: isWithin(side, row, tolerance), standing: standingOf(side, row) }
}

/** A verdict in words, for a table. */
export function wordsFor({ isWithinBudget, standing }: Verdict): string {
  const budget = isWithinBudget === undefined ? [] : [isWithinBudget ? 'within' : 'OVER']
  return [...budget, ...(standing === undefined ? [] : [standing])].join(', ')
}

function isWithin({ ratio, budget, requests }: RatedSide, row: RowResult, tolerance: number): boolean | undefined {
  if (budget === undefined) return undefined
  // Counts are exact: there is nothing to tolerate.
  if (requests !== undefined && row.reference.requests !== undefined && requests > row.reference.requests) return false
  const { lower, median, upper } = ratio
  // Written so that a ratio that is no number is a miss.
  if (row.better === 'more') return (tolerance > 1 ? upper : median) >= budget / tolerance
  return (tolerance > 1 ? lower : median) <= budget * tolerance
}

function standingOf(side: RatedSide, row: RowResult): Verdict['standing'] {
  if (row.against !== 'peer' || !side.isOurs) return undefined
  const { lower, upper } = side.ratio
  if (lower <= 1 && upper >= 1) return 'level'
  return upper < 1 === (row.better === 'less') ? 'ahead' : 'behind'
}
