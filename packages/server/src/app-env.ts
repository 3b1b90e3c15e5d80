import type { HttpBindings } from '@hono/node-server'
import type { Context } from 'hono'
import type { Client } from './clients/client.js'
import type { VerifiedIdentity } from './clients/identity/identity-rule.js'

/** The parameters of an OAuth request (RFC 6749 §3.2). */
export interface Form {
  readonly single: ReadonlyMap<string, string>
  /** `resource` is the only parameter that may be repeated (RFC 8707 §2). */
  readonly resources: readonly string[]
}

/** The types of a Hono context: what Node provides, and what the middleware adds to a request. */
export interface AppEnv {
  Bindings: Partial<HttpBindings>
  Variables: {
    readonly requestId: string
    readonly form: Form
    readonly client: Client
    /** The identity token that authenticated the client. */
    readonly identity: VerifiedIdentity | undefined
  }
}

export type AppContext = Context<AppEnv>
