/** One comparison: the same job with our package and with a reference. */
export interface Row {
  readonly name: string
  readonly ours: string
  readonly reference: string
  /** The maximum ratio of ours to the reference. A row without one is for information. */
  readonly budget?: number
  /** `more`: the budget is a minimum, such as for operations per second. Default: `less`. */
  readonly better?: 'less' | 'more'
  /** The unit of {@link Work.amount}. Default: `ms`, the time of the job. */
  readonly unit?: string
  /** Whether the reference is an alternative for users, or only a baseline. Default: `baseline`. */
  readonly against?: 'peer' | 'baseline'
  /** The number of pairs in a full run. */
  readonly pairs: number
  /** Whether every run has the same result, such as a size. Then no run warms up. */
  readonly isExact?: boolean
  /** Whether a smoke run skips it: it takes long, needs many runs, or requires the network. */
  readonly isLong?: boolean
  /** Commands that the row requires. It is skipped if one is missing. */
  readonly needs?: string | readonly string[]
  /** Prepares the job. Only the sides of the result are timed. */
  prepare(): Promise<Comparison>
}

/** What one side did, if it counts more than its time. */
export type Work =
  | undefined
  | {
      /** The number of HTTP requests. */
      readonly requests?: number | undefined
      /** The amount that is compared instead of the time. */
      readonly amount?: number | undefined
      /** The 99th percentile of the request times, in milliseconds. For information. */
      readonly p99Ms?: number | undefined
    }

/** The sides of a {@link Row}. Each call does the whole job once. */
export interface Comparison {
  ours(): Promise<Work>
  reference(): Promise<Work>
  /** More sides, each compared with the same reference: alternatives, or others of ours with a budget. */
  readonly others?: readonly OtherSide[]
  close(): Promise<void>
}

/** An additional side of a {@link Comparison}. */
export interface OtherSide {
  readonly what: string
  readonly budget?: number
  /** Whether it is one of ours. Default: whether it has a budget. */
  readonly isOurs?: boolean
  run(): Promise<Work>
}

/** The result of a {@link Row}. */
export interface RowResult {
  readonly name: string
  readonly unit: string
  readonly better: 'less' | 'more'
  readonly against: 'peer' | 'baseline'
  readonly reference: Side
  /** Ours is the first. */
  readonly sides: readonly RatedSide[]
}

/** The quartiles of several runs. */
export interface Spread {
  readonly lower: number
  readonly median: number
  readonly upper: number
}

/** One side of a {@link RowResult}. */
export interface Side extends Spread {
  readonly what: string
  readonly runs: number
  /** The number of HTTP requests of one job, if they were counted. */
  readonly requests: number | undefined
  /** The median of the 99th percentiles of the runs, if they were measured. */
  readonly p99Ms?: number | undefined
}

/** A side that was measured against the reference. */
export interface RatedSide extends Side {
  /** The ratio within each pair, so that changes in the speed of the machine affect both sides. */
  readonly ratio: Spread
  readonly budget: number | undefined
  readonly isOurs: boolean
}
