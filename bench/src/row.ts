/** One comparison: the same job, done by us and by what a user would pick instead. */
export interface Row {
  readonly name: string
  readonly ours: string
  readonly reference: string
  /** The ratio ours/reference that is allowed. A row without one is for the eye. */
  readonly budget?: number
  /** `more` turns the budget into what must be reached: operations a second, say. Default: `less`. */
  readonly better?: 'less' | 'more'
  /** What {@link Work.amount} counts. Default: `ms`, the time that the job took. */
  readonly unit?: string
  /** Whether the reference is what a user would pick instead, or only a yardstick. Default: `yardstick`. */
  readonly against?: 'peer' | 'yardstick'
  /** How many pairs a full run measures. */
  readonly pairs: number
  /** Whether every run would say the same, such as a size: no run warms up. */
  readonly isExact?: boolean
  /** Whether it is left out of a short run: it takes long, a few runs say nothing, or what it needs may be out of reach. */
  readonly isLong?: boolean
  /** Commands without which the row is left out. */
  readonly needs?: string | readonly string[]
  /** Makes everything ready. What it returns is timed; `close` is not. */
  prepare(): Promise<Contest>
}

/** What one side did, where there is something to tell. */
export type Work =
  | undefined
  | {
      /** How many HTTP requests it took. */
      readonly requests?: number | undefined
      /** What counts in place of the time. */
      readonly amount?: number | undefined
      /** How long the slowest hundredth of its requests took, in milliseconds: for the eye. */
      readonly p99Ms?: number | undefined
    }

/** The sides of a {@link Row}, ready to be timed. Each call does the whole job once. */
export interface Contest {
  ours(): Promise<Work>
  reference(): Promise<Work>
  /** Others, each against the same reference: peers for the eye, or more of ours, with a budget each. */
  readonly others?: readonly Contender[]
  close(): Promise<void>
}

/** One more side of a {@link Contest}. */
export interface Contender {
  readonly what: string
  readonly budget?: number
  /** Whether it is one more of ours. Default: whether it has a budget. */
  readonly isOurs?: boolean
  run(): Promise<Work>
}

/** What came out of a {@link Row}. */
export interface RowResult {
  readonly name: string
  readonly unit: string
  readonly better: 'less' | 'more'
  readonly against: 'peer' | 'yardstick'
  readonly reference: Side
  /** Ours is the first. */
  readonly sides: readonly RatedSide[]
}

/** Where the middle half of several runs lies. */
export interface Spread {
  readonly lower: number
  readonly median: number
  readonly upper: number
}

/** One side of a {@link RowResult}. */
export interface Side extends Spread {
  readonly what: string
  readonly runs: number
  /** HTTP requests for one job, where they were counted. */
  readonly requests: number | undefined
  /** The slowest hundredth of the requests of a job in the middle, where that was measured. */
  readonly p99Ms?: number | undefined
}

/** A side that was measured against the reference. */
export interface RatedSide extends Side {
  /** Of the ratios of the pairs: what drifts during the run drifts for both. */
  readonly ratio: Spread
  readonly budget: number | undefined
  readonly isOurs: boolean
}
