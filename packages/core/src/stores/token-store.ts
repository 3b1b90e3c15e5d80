import type { RecordInfo, StoreRecord } from './token-record.js'

/**
 * Where records outlive a session, or a process. Every store keeps the same promises; the contract suite
 * (`contract.test.ts`) runs against each.
 */
export interface TokenStore {
  /** Where the records are, in words for people, such as a folder. */
  readonly location: string

  /**
   * Reads a record without any lock, so that a hit is cheap.
   *
   * @returns the record, or `undefined` when there is none that this version can read.
   * @throws {@link OktaConnectError} `store_failed`
   */
  read(recordKey: string): Promise<StoreRecord | undefined>

  /**
   * Runs `use` while nobody else, in this process or another one, is inside `exclusive` for the same key.
   * Every write happens in here.
   *
   * @throws {@link OktaConnectError} `store_failed`, `cancelled`, and whatever `use` throws.
   */
  exclusive<T>(recordKey: string, use: (slot: TokenSlot) => Promise<T>, options?: ExclusiveOptions): Promise<T>

  /** All logins, in no particular order, without secrets. */
  list(): AsyncIterable<RecordInfo>
}

/** How to wait for one's turn. */
export interface ExclusiveOptions {
  /** Ends the wait for others; what runs already is not interrupted. */
  readonly signal?: AbortSignal | undefined
  /** Hears who is waited for, once that lasts, and whenever it changes. What it throws ends the wait. */
  readonly onWait?: ((holder: LockHolder) => void) | undefined
}

/** Who is inside, while others wait. */
export interface LockHolder {
  /** In words for people: `process 4711 on build-7`. */
  readonly owner: string
  /** What they have said to those who wait. */
  readonly says: string | undefined
}

/** One record, held exclusively. */
export interface TokenSlot {
  read(): Promise<StoreRecord | undefined>
  /**
   * Makes sure that a record can be written: called before a request whose answer must not be lost, such as one that
   * spends a refresh token.
   *
   * @throws {@link OktaConnectError} `store_failed`
   */
  reserve(): Promise<void>
  /**
   * Durable when it resolves: a crash after it loses nothing.
   *
   * @throws {@link OktaConnectError} `store_failed`, as a `SupersededError` where another has taken over meanwhile.
   */
  write(record: StoreRecord): Promise<void>
  remove(): Promise<void>
  /**
   * Makes sure that nobody else has come in: a lock that ends by itself may have done so while this process stood still.
   *
   * @throws {@link OktaConnectError} `store_failed`, as a `SupersededError` where somebody has.
   */
  confirm(): Promise<void>
  /** Tells those who wait for their turn what they wait for, such as where to sign in. */
  announce(text: string): Promise<void>
}
