import type { Deps } from '@connect-okta/core'
import type { TokenStore } from '@connect-okta/core/stores'
import type { Logger } from 'pino'
import type { Client } from './clients/client.js'
import type { FailedAttempts } from './clients/failed-attempts.js'
import type { RejectionLog } from './clients/identity/rejection-log.js'
import type { TrustedIssuers } from './clients/identity/trusted-issuers.js'
import type { BrokerConfig } from './config/broker-config.js'
import type { Connections } from './connections/connections.js'
import type { Metrics } from './operations/metrics.js'
import type { Telemetry } from './operations/telemetry/telemetry.js'
import type { SharedState } from './state/shared-state.js'

/** The dependencies of the routes and the middleware. */
export interface RouteDeps {
  readonly config: BrokerConfig
  readonly clients: ReadonlyMap<string, Client>
  readonly issuers: TrustedIssuers
  readonly rejections: RejectionLog
  readonly failures: FailedAttempts
  readonly connections: Connections
  /** Passed to the core when a user signs in. */
  readonly coreDeps: Partial<Deps>
  readonly store: TokenStore
  readonly state: SharedState
  readonly metrics: Metrics
  readonly telemetry: Telemetry | undefined
  readonly log: Logger
  /** Writes at every log level. */
  readonly auditLog: Logger
  /** Whether log and audit lines cannot be written at the moment. */
  isLogFailing(): boolean
  /** Whether the process is shutting down. */
  isDraining(): boolean
  now(): number
  /** For intervals, in milliseconds. */
  monotonicNow(): number
}
