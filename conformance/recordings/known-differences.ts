/** A difference between the emulator and the recorded responses that is intended. */
export interface KnownDifference {
  /** The operation, as in the facts. Default: all. */
  readonly operation?: string
  /** The difference, as in the table. */
  readonly difference: string
  readonly reason: string
}

/** The known differences. One that no longer exists must be removed. */
export const knownDifferences: readonly KnownDifference[] = []
