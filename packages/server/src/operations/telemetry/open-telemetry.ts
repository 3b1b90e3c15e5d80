import { AsyncLocalStorage } from 'node:async_hooks'
import { type Context, ROOT_CONTEXT, type SpanContext, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-http'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { defaultResource, detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources'
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics'
import { AlwaysOnSampler, BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'
import { routeOf } from '../../middleware/observe.js'
import type { Telemetry } from './telemetry.js'

const methods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])
const durationBuckets = [0.001, 0.005, 0.02, 0.1, 0.5, 2, 10]
const closeTimeoutMs = 3_000

/**
 * Sends traces and metrics over OTLP/HTTP. The variables of OpenTelemetry configure the exporters. No attribute contains a
 * secret, text of a client, or the path of a request.
 *
 * @see https://opentelemetry.io/docs/specs/otel/protocol/exporter/
 * @see https://opentelemetry.io/docs/specs/semconv/http/
 */
export async function openTelemetry(): Promise<Telemetry> {
  const resource = defaultResource()
    .merge(resourceFromAttributes({ 'service.name': 'connect-okta-broker' }))
    .merge(detectResources({ detectors: [envDetector] }))
  // Not by the flag of the client, which could hide its requests.
  const sampler = new AlwaysOnSampler()
  const traces = new TracerProvider({
    sampler,
    resource,
    spanProcessors: [new BatchSpanProcessor({ exporter: new OTLPTraceExporter() })],
  })
  const reader = new PeriodicExportingMetricReader({ exporter: new OTLPMetricExporter() })
  const meters = new MeterProvider({ resource, readers: [reader] })
  const [tracer, meter] = [traces.getTracer('connect-okta'), meters.getMeter('connect-okta')]
  const duration = meter.createHistogram('http.server.request.duration', {
    description: 'Duration of requests until the response began.',
    unit: 's',
    advice: { explicitBucketBoundaries: durationBuckets },
  })
  const tokens = meter.createCounter('connect_okta.tokens', {
    description: 'Tokens, signed headers and proxied requests, by access mode, connection and source of the token.',
  })
  const errors = meter.createCounter('connect_okta.errors', { description: 'Requests that failed.' })
  const ready = meter.createGauge('connect_okta.connection.ready', {
    description: 'Whether a connection returned a token when it was last checked.',
  })
  const current = new AsyncLocalStorage<Context>()

  return {
    async serve(c, next) {
      const startedAt = performance.now()
      const method = methods.has(c.req.method) ? c.req.method : '_OTHER'
      const parent = contextOf(c.req.header('traceparent'))
      const span = tracer.startSpan(
        method,
        { kind: SpanKind.SERVER, attributes: { 'http.request.method': method } },
        parent,
      )
      await current.run(trace.setSpan(parent, span), next)
      const { status } = c.res
      const attributes = {
        'http.request.method': method,
        'http.route': routeOf(c),
        'http.response.status_code': status,
        ...(status >= 500 && { 'error.type': String(status) }),
      }
      span.updateName(`${method} ${routeOf(c)}`).setAttributes(attributes)
      if (status >= 500) span.setStatus({ code: SpanStatusCode.ERROR })
      span.end()
      duration.record((performance.now() - startedAt) / 1000, attributes)
    },
    traced: fetch => async (input, init) => {
      const { host } = new URL(input instanceof Request ? input.url : input)
      const method = (init?.method ?? 'GET').toUpperCase()
      const attributes = { 'http.request.method': method, 'server.address': host }
      const parent = current.getStore() ?? ROOT_CONTEXT
      const span = tracer.startSpan(method, { kind: SpanKind.CLIENT, attributes }, parent)
      try {
        const response = await fetch(input, init)
        span.setAttribute('http.response.status_code', response.status)
        if (response.status >= 400) span.setStatus({ code: SpanStatusCode.ERROR })
        return response
      } catch (error) {
        // Without its message, which may contain anything.
        span.setAttribute('error.type', (error as Error).name).setStatus({ code: SpanStatusCode.ERROR })
        throw error
      } finally {
        span.end()
      }
    },
    measured: metrics => ({
      ...metrics,
      issued(access, connection, source) {
        metrics.issued(access, connection, source)
        tokens.add(1, { access, connection, source })
      },
      failed(route, error) {
        metrics.failed(route, error)
        errors.add(1, { 'http.route': route, 'error.type': error })
      },
      setReady(connections) {
        metrics.setReady(connections)
        for (const [connection, isReady] of connections) ready.record(isReady ? 1 : 0, { connection })
      },
    }),
    async close() {
      // A collector that does not respond must not delay the end.
      const timeout = new Promise(resolve => setTimeout(resolve, closeTimeoutMs).unref())
      await Promise.race([Promise.allSettled([traces.shutdown(), meters.shutdown()]), timeout])
    },
  }
}

// https://www.w3.org/TR/trace-context/#traceparent-header
function contextOf(traceparent = ''): Context {
  const [, traceId, spanId, flags] = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/.exec(traceparent) ?? []
  if (traceId === undefined || spanId === undefined) return ROOT_CONTEXT
  const parent: SpanContext = { traceId, spanId, traceFlags: Number.parseInt(flags ?? '0', 16) & 1, isRemote: true }
  return trace.setSpanContext(ROOT_CONTEXT, parent)
}
