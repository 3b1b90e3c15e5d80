import type { Deps } from '@connect-okta/core'
import type { TokenStore } from '@connect-okta/core/stores'
import type { HttpBindings } from '@hono/node-server'
import type { Context } from 'hono'
import type { Logger } from 'pino'
import type { Caller } from './clients/client.js'
import type { FailedAttempts } from './clients/failed-attempts.js'
import type { BrokerConfig } from './config/broker-config.js'
import type { Connections } from './connections/connections.js'
import type { Form } from './http/form.js'
import type { Metrics } from './operations/metrics.js'
import type { SharedState } from './state/shared-state.js'

/** What a request carries on its way. */
export interface AppEnv {
  Bindings: Partial<HttpBindings>
  Variables: {
    readonly requestId: string
    readonly form: Form
    readonly caller: Caller
  }
}

export type AppContext = Context<AppEnv>

/** What the routes work with. */
export interface World {
  readonly config: BrokerConfig
  readonly callers: ReadonlyMap<string, Caller>
  readonly failures: FailedAttempts
  readonly connections: Connections
  /** What sign-ins take of the world, the token store among it. */
  readonly coreDeps: Partial<Deps>
  readonly store: TokenStore
  readonly state: SharedState
  readonly metrics: Metrics
  readonly log: Logger
  /** Writes whatever the level of the log is. */
  readonly auditLog: Logger
  /** Whether lines of both cannot be written now. */
  isLogFailing(): boolean
  /** Whether the process is about to end. */
  isDraining(): boolean
  now(): number
  /** Measures intervals. */
  monotonicNow(): number
}
