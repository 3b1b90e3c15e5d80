import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { type OktaEmulator, startOktaEmulator } from '@connect-okta/emulator'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { basic, connectionOf, digestFor, filesOf, secretOf, startBroker } from './support/broker.test.support.js'

let okta: OktaEmulator

beforeAll(async () => {
  okta = await startOktaEmulator({ clients: [{ kind: 'service' }] })
})
afterAll(async () => {
  vi.unstubAllEnvs()
  await okta.close()
})

interface Attribute {
  readonly key: string
  readonly value: Record<string, unknown>
}
interface Span {
  readonly name: string
  readonly kind: number
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId?: string
  readonly attributes: readonly Attribute[]
}

interface Traces {
  readonly resourceSpans: readonly { readonly scopeSpans: readonly { readonly spans: readonly Span[] }[] }[]
}
interface Measured {
  readonly resourceMetrics: readonly {
    readonly scopeMetrics: readonly { readonly metrics: readonly { readonly name: string }[] }[]
  }[]
}

/** A collector that records what it receives by OTLP/HTTP. */
async function startCollector() {
  const received: { readonly path: string | undefined; readonly body: string }[] = []
  const server = createServer(async (request, response) => {
    received.push({ path: request.url, body: await text(request) })
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const bodies = <T>(path: string) => received.filter(one => one.path === path).map(({ body }) => JSON.parse(body) as T)
  return {
    received,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans: () =>
      bodies<Traces>('/v1/traces').flatMap(({ resourceSpans }) =>
        resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans)),
      ),
    metricNames: () =>
      bodies<Measured>('/v1/metrics').flatMap(({ resourceMetrics }) =>
        resourceMetrics.flatMap(({ scopeMetrics }) =>
          scopeMetrics.flatMap(({ metrics }) => metrics.map(one => one.name)),
        ),
      ),
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      server.close()
    },
  }
}

const start = () =>
  startBroker(
    {
      connections: { users: connectionOf(okta, okta.client('service')) },
      clients: { payroll: { secretSha256: digestFor('payroll'), connections: 'users' } },
    },
    { files: filesOf(okta) },
  )

it('sends traces and metrics without secrets, paths and names of clients to a collector', async () => {
  await using collector = await startCollector()
  vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', collector.url)
  const broker = await start()
  const headers = {
    authorization: basic('payroll'),
    traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  }
  const body = new URLSearchParams({ grant_type: 'client_credentials' })
  const response = await fetch(`${broker.url}/oauth2/token`, { method: 'POST', headers, body })
  const { access_token } = (await response.json()) as { access_token: string }
  await fetch(`${broker.url}/proxy/users/api/v1/users?search=ada`, { headers })
  await fetch(`${broker.url}/oauth2/token`, { method: 'POST', body })
  await broker.stop()

  const spans = collector.spans()
  const served = spans.find(({ name }) => name === 'POST /oauth2/token')
  expect(served).toMatchObject({
    traceId: '0af7651916cd43dd8448eb211c80319c',
    parentSpanId: 'b7ad6b7169203331',
    kind: 2,
  })
  expect(served?.attributes).toContainEqual({ key: 'http.response.status_code', value: { intValue: 200 } })
  const toOkta = spans.filter(({ kind, parentSpanId }) => kind === 3 && parentSpanId === served?.spanId)
  expect(toOkta.length).toBeGreaterThan(0)
  expect(spans.map(({ name }) => name)).toContain('GET /proxy/:name/*')
  expect(okta.requests.every(one => !('traceparent' in ((one as { headers?: object }).headers ?? {})))).toBe(true)
  expect(collector.metricNames()).toEqual(
    expect.arrayContaining(['http.server.request.duration', 'connect_okta.tokens', 'connect_okta.errors']),
  )
  const sent = collector.received.map(({ body: one }) => one).join('\n')
  for (const text of [access_token, secretOf('payroll'), 'payroll', 'search', '/api/v1', 'eyJ'])
    expect(sent).not.toContain(text)
})

it('is off without a collector, and rejects an address that is not a URL', async () => {
  vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', '')
  await (await start()).stop()
  vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', 'localhost:4318')
  await expect(start()).rejects.toMatchObject({
    code: 'options_invalid',
    message: 'OTEL_EXPORTER_OTLP_ENDPOINT is not a URL.',
  })
})

it('ends in time when the collector does not respond', async () => {
  const silent = createServer(() => {}).listen(0, '127.0.0.1')
  await once(silent, 'listening')
  vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', `http://127.0.0.1:${(silent.address() as AddressInfo).port}`)
  const broker = await start()
  await fetch(`${broker.url}/healthz`)
  const startedAt = performance.now()
  await broker.stop()
  expect(performance.now() - startedAt).toBeLessThan(15_000)
  silent.closeAllConnections()
  silent.close()
})
