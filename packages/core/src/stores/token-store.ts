import type { RecordInfo, StoreRecord } from './token-record.js'

/**
 * Stores records longer than a session exists. Every store has the same contract; its test suite (`contract.test.ts`) runs
 * against each of them.
 */
export interface TokenStore {
  /** Where the records are, for messages: a folder, an address. */
  readonly location: string

  /**
   * Reads a record, without a lock.
   *
   * @returns `undefined` if there is none that this version can read.
   * @throws {@link OktaConnectError} `store_failed`
   */
  read(recordKey: string): Promise<StoreRecord | undefined>

  /**
   * Runs `use` under the lock of a key: no other call for the same key runs meanwhile, in this process or another one. Every
   * write happens under the lock.
   *
   * @throws {@link OktaConnectError} `store_failed`, `cancelled`, and what `use` throws
   */
  exclusive<T>(recordKey: string, use: (slot: TokenSlot) => Promise<T>, options?: ExclusiveOptions): Promise<T>

  /** Lists all sign-ins, in no particular order, without secrets. */
  list(): AsyncIterable<RecordInfo>
}

/** How to wait for a lock. */
export interface ExclusiveOptions {
  /** Ends the wait. `use` is not interrupted. */
  readonly signal?: AbortSignal | undefined
  /** Called with the holder of the lock after a second, and whenever it changes. What it throws ends the wait. */
  readonly onWait?: ((holder: LockHolder) => void) | undefined
}

/** The process that holds a lock. */
export interface LockHolder {
  /** For messages: `process 4711 on build-7`. */
  readonly owner: string
  /** What it announced to the processes that wait, such as where to sign in. */
  readonly message: string | undefined
}

/** A record under its lock. */
export interface TokenSlot {
  read(): Promise<StoreRecord | undefined>
  /**
   * Reserves space for a record. Called before a request whose response must not be lost, such as one that uses up a refresh
   * token.
   *
   * @throws {@link OktaConnectError} `store_failed`
   */
  reserve(): Promise<void>
  /**
   * Writes the record. It is durable when the promise resolves.
   *
   * @throws {@link OktaConnectError} `store_failed`; a `SupersededError` if another process took over the lock
   */
  write(record: StoreRecord): Promise<void>
  remove(): Promise<void>
  /**
   * Confirms that this process still holds the lock, which may have expired while the process was suspended.
   *
   * @throws {@link OktaConnectError} `store_failed`; a `SupersededError` if another process took over the lock
   */
  confirm(): Promise<void>
  /** Sends a message to the processes that wait for the lock, such as where to sign in. */
  announce(text: string): Promise<void>
}
