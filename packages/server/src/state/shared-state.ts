/** State that the processes of one broker share, in addition to tokens: browser sessions, used assertions, rates. Values expire. */
export interface SharedState {
  get(key: string): Promise<string | undefined>
  set(key: string, value: string, lifeMs: number): Promise<void>
  remove(key: string): Promise<void>
  /**
   * Adds a key of an owner, unless it exists. A key exists until its lifetime ends: it is never evicted.
   *
   * @throws {@link StateUnavailable} also when the owner has too many keys, or the Redis may evict keys.
   */
  addOnce(owner: string, key: string, lifeMs: number): Promise<Once>
  /** Increments the counter of a key. Its window begins with the first increment. */
  count(key: string, windowMs: number): Promise<Count>
  /** A random key that all processes share, to encrypt cookies. */
  encryptionKey(): Promise<Buffer>
  /**
   * Checks that values can be written and read.
   *
   * @throws {@link StateUnavailable}
   */
  check(): Promise<void>
  /** Whether keys of {@link addOnce} can be evicted. `unknown`: the Redis does not report its policy, or has not responded yet. */
  readonly eviction: Eviction
  /** Whether the values are lost when a Redis restarts. */
  readonly isVolatile: boolean
  close(): Promise<void>
}

export type Eviction = 'impossible' | 'possible' | 'unknown'

/** The result of {@link SharedState.addOnce}. */
export interface Once {
  /** Whether the key was added: it did not exist. */
  readonly isFirst: boolean
  /** The time since which no key was lost, in milliseconds since 1970. */
  readonly since: number
}

/** The maximum number of keys of one owner. */
export const maxOncePerOwner = 100_000

/** The value of a counter, and the time until it is reset. */
export interface Count {
  readonly hits: number
  readonly resetsInMs: number
}

/** The shared state does not respond, or cannot accept a key. */
export class StateUnavailable extends Error {
  override readonly name = 'StateUnavailable'
}
