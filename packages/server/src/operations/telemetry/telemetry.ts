import type { Deps } from '@connect-okta/core'
import type { Next } from 'hono'
import type { AppContext } from '../../app-env.js'
import type { Metrics } from '../metrics.js'

/** Traces and metrics for an OpenTelemetry collector. */
export interface Telemetry {
  /** Serves a request in a span, a child of the one in its `traceparent` (W3C Trace Context). */
  serve(c: AppContext, next: Next): Promise<void>
  /** A `fetch` whose requests are spans, below the request that needs them. Okta gets no `traceparent`. */
  traced(fetch: Deps['fetch']): Deps['fetch']
  /** Metrics that are sent to the collector too. */
  measured(metrics: Metrics): Metrics
  /** Sends what is left. */
  close(): Promise<void>
}
