import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { AccessMode } from '../clients/client.js'

/** The metrics of the broker. No label contains a secret or text from a client. */
export interface Metrics {
  readonly registry: Registry
  request(route: string, status: number, seconds: number): void
  /** Counts a token, signed headers, or a proxied request. */
  issued(access: AccessMode, connection: string, source: string): void
  failed(route: string, error: string): void
  /** Sets whether each connection returned a token when it was last checked. */
  setReady(connections: readonly (readonly [name: string, isReady: boolean])[]): void
}

/** @see https://prometheus.io/docs/practices/naming/ */
export function createMetrics(): Metrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry, prefix: 'connect_okta_' })
  // Only counters may be named so: promtool check metrics fails.
  for (const what of ['handles', 'requests', 'resources']) {
    registry.removeSingleMetric(`connect_okta_nodejs_active_${what}_total`)
  }
  const registers = [registry]
  const requests = new Histogram({
    name: 'connect_okta_http_request_duration_seconds',
    help: 'Requests by route and status, and the time until the response began.',
    labelNames: ['route', 'status'] as const,
    buckets: [0.001, 0.005, 0.02, 0.1, 0.5, 2, 10],
    registers,
  })
  const tokens = new Counter({
    name: 'connect_okta_tokens_total',
    help: 'Tokens, signed headers and proxied requests, by access mode, connection and source of the token.',
    labelNames: ['access', 'connection', 'source'] as const,
    registers,
  })
  const errors = new Counter({
    name: 'connect_okta_errors_total',
    help: 'Requests that failed, by route and error.',
    labelNames: ['route', 'error'] as const,
    registers,
  })
  const ready = new Gauge({
    name: 'connect_okta_connection_ready',
    help: 'Whether a connection returned a token when it was last checked.',
    labelNames: ['connection'] as const,
    registers,
  })
  return {
    registry,
    request: (route, status, seconds) => requests.observe({ route, status }, seconds),
    issued: (access, connection, source) => tokens.inc({ access, connection, source }),
    failed: (route, error) => errors.inc({ route, error }),
    setReady(connections) {
      ready.reset()
      for (const [connection, isReady] of connections) ready.set({ connection }, isReady ? 1 : 0)
    },
  }
}
