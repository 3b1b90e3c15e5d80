/**
 * What the processes of one broker share besides tokens: sessions of browsers, assertions that were used, rates. Values
 * expire.
 */
export interface SharedState {
  get(key: string): Promise<string | undefined>
  set(key: string, value: string, lifeMs: number): Promise<void>
  remove(key: string): Promise<void>
  /**
   * Adds a key of an owner unless it is there. Once added it is there until its lifetime is over, whatever else is stored.
   *
   * @throws {@link StateUnavailable} also when there is no room for more keys of the owner, or the Redis may evict it.
   */
  addOnce(owner: string, key: string, lifeMs: number): Promise<Once>
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

/** What came of {@link SharedState.addOnce}. */
export interface Once {
  /** Whether the key was added, for the first time in its lifetime. */
  readonly isFirst: boolean
  /** Since when nothing that was added has been lost, in milliseconds since 1970. */
  readonly since: number
}

/** How many keys of one owner are remembered: the others keep their room. */
export const maxOncePerOwner = 100_000

/** How many there were, and when the next window begins. */
export interface Count {
  readonly hits: number
  readonly resetsInMs: number
}

/** The processes cannot share anything now. */
export class StateUnavailable extends Error {
  override readonly name = 'StateUnavailable'
}
