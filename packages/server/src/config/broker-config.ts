import type { ConnectOptions } from '@connect-okta/core'
import type { Caller } from '../clients/client.js'

/** A broker's configuration, with every choice made and every secret read. */
export interface BrokerConfig {
  /** Its name for callers and browsers, an origin (RFC 8414 §2). */
  readonly issuer: string
  readonly connections: readonly ConnectionConfig[]
  readonly callers: readonly Caller[]
  /** The client that pages name, for everyone to see: only the one of a broker without a configuration. */
  readonly shownCaller?: string | undefined
  /** The addresses of the proxies in front, or their number: what they append to `X-Forwarded-For` is believed. */
  readonly behindProxy: readonly string[] | number
  readonly metricsFrom: readonly string[]
  /** Host names, with ports, that are answered; all where it is undefined. */
  readonly hosts: ReadonlySet<string> | undefined
  readonly logRequests: boolean
}

/** A connection that callers use by its name. */
export interface ConnectionConfig {
  readonly name: string
  readonly options: ConnectOptions
  /** The accounts that may sign in: user names, ids, or `*`. */
  readonly signIn: readonly string[]
}
