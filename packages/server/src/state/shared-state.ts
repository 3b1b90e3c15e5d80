/**
 * What the processes of one broker share besides tokens: sessions of browsers, assertions that were used, rates. Values
 * end by themselves.
 */
export interface SharedState {
  get(key: string): Promise<string | undefined>
  set(key: string, value: string, lifeMs: number): Promise<void>
  /** Gives a value to one who asks for it, and to nobody after. */
  take(key: string): Promise<string | undefined>
  remove(key: string): Promise<void>
  /** Whether nobody has added the key in its lifetime. */
  addOnce(key: string, lifeMs: number): Promise<boolean>
  /** Counts one more in the window of the key, which begins with its first. */
  count(key: string, windowMs: number): Promise<Count>
  /** @throws {@link StateUnavailable} */
  ping(): Promise<void>
  close(): Promise<void>
}

/** How many there were, and when it begins anew. */
export interface Count {
  readonly hits: number
  readonly resetsAt: Date
}

/** The processes cannot share anything now. */
export class StateUnavailable extends Error {
  override readonly name = 'StateUnavailable'
}
