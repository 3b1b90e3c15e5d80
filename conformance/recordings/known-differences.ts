/** A difference between the emulator and the recorded responses that is intended. */
export interface KnownDifference {
  /** The operation, as in the facts. Default: all. */
  readonly operation?: string
  /** The difference, as in the table. */
  readonly difference: string
  readonly reason: string
}

/** The known differences. One that no longer exists must be removed. */
export const knownDifferences: readonly KnownDifference[] = [
  {
    difference: 'header Set-Cookie is missing',
    reason: 'Okta deletes the cookies of a browser in each response. The emulator sets cookies only for sign-ins.',
  },
  {
    difference: 'header Strict-Transport-Security is missing',
    reason: 'The emulator serves HTTP here, where RFC 6797 §7.2 forbids the header.',
  },
]
