/**
 * What the processes of one broker share besides tokens: sessions of browsers, assertions that were used, rates. Values
 * expire.
 */
export interface SharedState {
  get(key: string): Promise<string | undefined>
  set(key: string, value: string, lifeMs: number): Promise<void>
  remove(key: string): Promise<void>
  /**
   * Whether the key is added for the first time in its lifetime. Once added it is there until its lifetime is over,
   * whatever else is stored.
   *
   * @throws {@link StateUnavailable} also where there is no room for it, or the Redis may evict it.
   */
  addOnce(key: string, lifeMs: number): Promise<boolean>
  /** Counts one more in the window of the key, which begins with its first. */
  count(key: string, windowMs: number): Promise<Count>
  /** A random key that all processes share, for what they seal for each other. */
  sealKey(): Promise<Buffer>
  /**
   * Writes and reads, as requests do.
   *
   * @throws {@link StateUnavailable}
   */
  check(): Promise<void>
  /** Whether {@link addOnce} can rely on what it added. `unknown`: the Redis does not tell, or has not answered yet. */
  readonly eviction: Eviction
  close(): Promise<void>
}

export type Eviction = 'impossible' | 'possible' | 'unknown'

/** How many there were, and when the next window begins. */
export interface Count {
  readonly hits: number
  readonly resetsInMs: number
}

/** The processes cannot share anything now. */
export class StateUnavailable extends Error {
  override readonly name = 'StateUnavailable'
}
