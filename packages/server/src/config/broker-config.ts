import type { ConnectOptions } from '@connect-okta/core'
import type { ClientSigner } from '@connect-okta/core/keys'
import type { SignerReference } from '@connect-okta/core/profiles'
import type { Client } from '../clients/client.js'
import type { IssuerConfig } from '../clients/identity/trusted-issuers.js'

/** The resolved configuration of a broker, with its secrets. */
export interface BrokerConfig {
  /** The identifier of the broker for clients and browsers, an origin (RFC 8414 §2). */
  readonly issuer: string
  readonly connections: readonly ConnectionConfig[]
  readonly clients: readonly Client[]
  /** The issuers of identity tokens that authenticate clients. */
  readonly issuers: readonly IssuerConfig[]
  /** Whether only this machine can read the pages, which then show the clients, and the errors of Okta in full. */
  readonly arePagesPrivate: boolean
  /** The addresses of the proxies in front, or their number: their entries in `X-Forwarded-For` are trusted. */
  readonly behindProxy: readonly string[] | number
  readonly metricsFrom: readonly string[]
  /** The accepted values of the `Host` header; `undefined` accepts any. */
  readonly hosts: ReadonlySet<string> | undefined
  readonly logRequests: boolean
}

/** A connection that clients use by its name. */
export interface ConnectionConfig {
  readonly name: string
  readonly options: ConnectOptions
  /** The setting of its signer, if it has one. */
  readonly signer?: SignerReference | undefined
  /**
   * Finds the signer, if it was not found when the configuration was read. Then the options have no credential.
   *
   * @throws {@link OktaConnectError} `signer_failed`
   */
  readonly findSigner?: (() => Promise<ClientSigner>) | undefined
  /** The accounts that may sign in: usernames, ids, or `*`. */
  readonly signIn: readonly string[]
  /** How often the key of the app is replaced, if the broker creates it. */
  readonly managedKey?: ManagedKeySettings | undefined
}

/** How often a key is replaced, in milliseconds. */
export interface ManagedKeySettings {
  readonly rotateEveryMs: number
  readonly publishBeforeMs: number
}
