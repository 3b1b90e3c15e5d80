import type { SharedState } from '../state/shared-state.js'
import type { Client } from './client.js'
import type { VerifiedIdentity } from './identity/identity-rule.js'
import type { Rejection } from './identity/rejection-log.js'

/** What is needed to verify an assertion. */
export interface AssertionContext {
  readonly clients: ReadonlyMap<string, Client>
  readonly issuer: string
  /** The path of the requested endpoint. */
  readonly path: string
  readonly state: SharedState
  now(): number
  /**
   * Called when the client is authenticated, before anything is stored for it.
   *
   * @param identity the identity token that authenticated it.
   * @throws {@link HttpError} 429
   */
  onAuthenticated(client: Client, identity?: VerifiedIdentity): Promise<void>
  /**
   * Called with the reason when credentials do not authenticate a client.
   *
   * @param client `undefined` for an unknown client.
   * @param issuer of an identity token.
   */
  onRejected(client: string | undefined, issuer: string | undefined, rejection: Rejection): void
}
