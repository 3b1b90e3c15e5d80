/** One comparison: the same job, done by us and by what a user would pick instead. */
export interface Row {
  readonly name: string
  readonly ours: string
  readonly reference: string
  /** The ratio ours/reference that must not be exceeded. */
  readonly budget: number
  /** How many pairs a full run measures. */
  readonly pairs: number
  /** A command without which the row is left out. */
  readonly needs?: string
  /** Makes everything ready. What it returns is timed; `close` is not. */
  prepare(): Promise<Contest>
}

/** What one side did, where there is something to tell. */
export type Work =
  | undefined
  | {
      /** How many HTTP requests it took. */
      readonly requests?: number
      /** How long the slowest hundredth of its requests took. */
      readonly p99Ms?: number
      /** How long the one in the middle took: the figure to compare, in the place of the whole job. */
      readonly p50Ms?: number
    }

/** The two sides of a {@link Row}, ready to be timed. Each call does the whole job once. */
export interface Contest {
  ours(): Promise<Work>
  reference(): Promise<Work>
  close(): Promise<void>
}

/** What came out. Times are milliseconds for one job. */
export interface RowResult {
  readonly name: string
  readonly ours: Side
  readonly reference: Side
  /** The median of the ratios of the pairs: what drifts during the run drifts for both. */
  readonly ratio: number
  readonly budget: number
  readonly pairs: number
  readonly isWithinBudget: boolean
}

/** One side of a {@link RowResult}. */
export interface Side {
  readonly what: string
  readonly medianMs: number
  readonly minMs: number
  readonly maxMs: number
  /** HTTP requests for one job, where they were counted. */
  readonly requests: number | undefined
  /** The slowest hundredth of a job's requests took so long, where that was measured. */
  readonly p99Ms: number | undefined
}
