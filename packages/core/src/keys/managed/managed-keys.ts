import type { ClientKey } from '../client-key.js'

/** The public half of a client key (RFC 7517 §4). */
export interface PublicJwk {
  readonly kty: string
  readonly kid: string
  readonly alg: string
  readonly use: string
  readonly [member: string]: string
}

/** One key of {@link ManagedKeys}, without the private key. */
export interface ManagedKeyInfo {
  readonly kid: string
  readonly createdAt: Date
  /** Before this time, the previous key is tried first. */
  readonly usableFrom: Date
  /** When a token request with it first succeeded; `undefined`: never. */
  readonly acceptedAt: Date | undefined
  readonly lastAcceptedAt: Date | undefined
  /** When Okta last rejected its `kid`, if it has not accepted it since. */
  readonly rejectedAt: Date | undefined
  /** Whether it is tried first. */
  readonly isTriedFirst: boolean
}

/** The state of {@link ManagedKeys}, without secrets. */
export interface ManagedKeyState {
  /** The newest one first. */
  readonly keys: readonly ManagedKeyInfo[]
  /** When the next key will be created; `undefined` until a token request with the newest one has succeeded. */
  readonly nextKeyAt: Date | undefined
}

/** The client keys of an app that fetches them from a URL. They are created, stored and replaced by this package. */
export interface ManagedKeys {
  readonly name: string
  /**
   * Returns the keys to publish as a JWKS (RFC 7517 §5), at the URL that the app fetches its keys from. Creates the first key.
   *
   * @throws {@link OktaConnectError} `store_failed`, `options_invalid`
   */
  jwks(): Promise<{ readonly keys: readonly PublicJwk[] }>
  /**
   * Returns the state of the keys.
   *
   * @throws {@link OktaConnectError} `store_failed`
   */
  state(): Promise<ManagedKeyState>
  /**
   * Creates the next key if it is due. If several processes share the store, exactly one of them creates it. A session calls it before each token request; a server that
   * publishes the keys should also call it about every hour.
   *
   * @throws {@link OktaConnectError} `store_failed`; `options_invalid` if nothing can encrypt the keys
   */
  rotateIfDue(): Promise<ManagedKeyState>
  /**
   * Creates a key that is used immediately, for example after a leak. The previous key is used only until Okta has fetched the
   * new one. When Okta accepts the new key, the previous key is no longer published, and is deleted.
   *
   * @throws {@link OktaConnectError} `store_failed`, `options_invalid`
   */
  replaceNow(): Promise<ManagedKeyState>
  /** For sessions: the keys in the order in which to try them. */
  candidates(): Promise<readonly ClientKey[]>
  /** For sessions: records whether Okta accepted a key. Throws nothing. */
  report(keyId: string, outcome: 'accepted' | 'rejected'): Promise<void>
}
