import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile } from 'node:fs/promises'
import { request } from 'node:http'
import { get as getSecurely } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { freePort, type OktaEmulator, startOktaEmulator } from '@connect-okta/emulator'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import {
  basic,
  connectionOf,
  digestFor,
  filesOf,
  startBroker,
  type TestBroker,
} from '../test/support/broker.test.support.js'

let okta: OktaEmulator

beforeAll(async () => {
  okta = await startOktaEmulator({ clients: [{ kind: 'service' }, { kind: 'spa' }] })
})
afterAll(() => okta.close())

const client = (name: string, more: object = {}) => ({ secretSha256: digestFor(name), connections: ['users'], ...more })
const config = (more: object = {}) => ({
  connections: { users: connectionOf(okta, okta.client('service')) },
  clients: { payroll: client('payroll') },
  ...more,
})
const start = (more: object = {}, args: readonly string[] = []) =>
  startBroker(config(more), { files: filesOf(okta), args })

const form = new URLSearchParams({ grant_type: 'client_credentials' })
const token = (broker: TestBroker, name = 'payroll') =>
  fetch(`${broker.url}/oauth2/token`, { method: 'POST', headers: { authorization: basic(name) }, body: form })

describe('a reload of the configuration', () => {
  it('takes effect immediately, and unchanged connections keep their tokens', async () => {
    await using broker = await start()
    const { access_token } = (await (await token(broker)).json()) as { access_token: string }
    okta.clearRequests()
    expect((await token(broker, 'reports')).status).toBe(401)
    await broker.reload(config({ clients: { reports: client('reports') } }))
    expect((await token(broker)).status).toBe(401)
    expect(await (await token(broker, 'reports')).json()).toMatchObject({ access_token })
    expect(okta.requests).toEqual([])
  })

  it.each([
    ['an unknown setting', { surprise: true }],
    ['a client with an unknown connection', { clients: { payroll: client('payroll', { connections: ['none'] }) } }],
    ['a missing key file', { connections: { users: { tenant: 'x.okta.com', clientId: 'a', key: { file: 'none' } } } }],
    ['another address', { listen: 'localhost:1' }],
    ['another store', { store: 'file' }],
  ])('is rejected with %s, and the old configuration stays', async (_what, more) => {
    await using broker = await start()
    await broker.reload(config(more))
    expect(broker.lines().at(-1)).toMatchObject({ level: 'error', msg: 'kept the old configuration' })
    expect((await token(broker)).status).toBe(200)
  })

  it('does not interrupt requests in progress', async () => {
    await using broker = await start()
    using _slow = okta.fault({ endpoint: '/oauth2/v1/token', delayMs: 500, times: 1 })
    const waiting = token(broker)
    // The server has read this request when it answers the next one.
    await fetch(`${broker.url}/healthz`)
    await broker.reload(config({ clients: { reports: client('reports') } }))
    expect((await waiting).status).toBe(200)
  })
})

describe('an end', () => {
  it('completes requests in progress and accepts no new connections', async () => {
    const broker = await start()
    using _slow = okta.fault({ endpoint: '/oauth2/v1/token', delayMs: 700, times: 1 })
    const outgoing = request(`${broker.url}/oauth2/token`, {
      method: 'POST',
      headers: { authorization: basic('payroll'), 'content-type': 'application/x-www-form-urlencoded' },
    })
    outgoing.end(form.toString())
    await once(outgoing, 'finish')
    // The server has read this request when it answers the next one.
    expect((await fetch(`${broker.url}/healthz`)).status).toBe(200)
    const ended = broker.stop()
    const [response] = await once(outgoing, 'response')
    expect(response.statusCode).toBe(200)
    response.resume()
    await ended
    await expect(fetch(`${broker.url}/healthz`)).rejects.toThrow()
  })
})

describe('an address that other machines can reach', () => {
  const issuer = 'https://broker.example.com'
  it.each([
    ['no clients', { clients: {}, issuer, behindProxy: ['10.0.0.1'] }, 'clients'],
    ['neither TLS nor a proxy', { issuer }, 'unencrypted'],
    ['no issuer', { behindProxy: ['10.0.0.1'] }, 'issuer'],
    ['an issuer without https', { issuer: 'http://broker.example.com', behindProxy: ['10.0.0.1'] }, 'https'],
  ])('does not start with %s', async (_what, more, words) => {
    const attempt = start({ listen: `0.0.0.0:${await freePort()}`, ...more })
    await expect(attempt).rejects.toMatchObject({ code: 'options_invalid' })
    await expect(attempt.catch(error => `${error.message} ${error.hint}`)).resolves.toContain(words)
  })

  it('does not start with an invalid network', async () => {
    const more = { listen: `0.0.0.0:${await freePort()}`, issuer, behindProxy: ['proxy.example.com'] }
    await expect(start(more)).rejects.toMatchObject({ code: 'options_invalid' })
  })

  it.skipIf(inject('systemNeeds').openssl === undefined)('serves HTTPS when tls is configured', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'broker-tls-'))
    const [certificate, key] = ['certificate.pem', 'key.pem'].map(name => join(folder, name)) as [string, string]
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost', '-days', '2']
    const make = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes']
    await promisify(execFile)('openssl', [...make, '-keyout', key, '-out', certificate, ...subject])
    await using broker = await start({ tls: { certificate, key } })
    const ca = await readFile(certificate)
    const status = await new Promise(resolve => {
      getSecurely({ host: 'localhost', port: broker.port, path: '/healthz', ca }, response => {
        response.resume()
        resolve(response.statusCode)
      })
    })
    expect(status).toBe(200)
    expect(broker.printed()).toContain(`https://localhost:${broker.port}`)
  })
})

describe('a loopback address', () => {
  it('rejects requests with another Host header (DNS rebinding)', async () => {
    await using broker = await start()
    const statusFor = async (host: string) => {
      const outgoing = request({ port: broker.port, host: '127.0.0.1', path: '/healthz', headers: { host } }).end()
      const [response] = await once(outgoing, 'response')
      response.resume()
      return response.statusCode
    }
    for (const host of ['localhost', '127.0.0.1', '[::1]']) expect(await statusFor(`${host}:${broker.port}`)).toBe(200)
    expect(await statusFor(`evil.example:${broker.port}`)).toBe(421)
    expect(await statusFor('localhost')).toBe(421)
    expect(await statusFor(`localhost:${broker.port}.evil.example`)).toBe(400)
  })

  it('names the port and the option when the port is in use', async () => {
    await using broker = await start()
    const attempt = start({ listen: `localhost:${broker.port}` })
    await expect(attempt).rejects.toMatchObject({
      code: 'port_in_use',
      hint: expect.stringContaining('--listen'),
    })
  })
})

describe('health', () => {
  it('reports degraded connections, and 503 when no connection can be served', async () => {
    const ready = async (broker: TestBroker) => {
      const response = await fetch(`${broker.url}/readyz`)
      return { status: response.status, ...((await response.json()) as object) }
    }
    const desk = connectionOf(okta, okta.client('spa'), { signIn: ['*'] })
    const connections = { users: connectionOf(okta, okta.client('service')), desk }
    await using broker = await start({ connections })
    await using dead = await start()
    expect((await fetch(`${broker.url}/healthz`)).status).toBe(200)
    expect(await ready(broker)).toEqual({ status: 'degraded', degraded: ['desk: login_required'] })
    await using _away = await okta.unreachable()
    expect(await ready(dead)).toEqual({ status: 'unavailable', degraded: ['users: network_failed'] })
    expect((await fetch(`${dead.url}/readyz`)).status).toBe(503)
    // Tokens in memory can still be served.
    broker.advance(6_000)
    expect(await ready(broker)).toMatchObject({ status: 'degraded' })
    expect((await token(broker)).status).toBe(200)
    expect((await token(dead)).status).toBe(503)
  })

  it('reports 200 while tokens with fewer scopes can be served from memory', async () => {
    const users = connectionOf(okta, okta.client('service'), { scopes: ['okta.users.read', 'okta.groups.read'] })
    const clients = { payroll: client('payroll', { scopes: ['okta.users.read'] }) }
    await using broker = await start({ connections: { users }, clients })
    expect((await token(broker)).status).toBe(200)
    await using _away = await okta.unreachable()
    expect((await token(broker)).status).toBe(200)
    const ready = await fetch(`${broker.url}/readyz`)
    expect(ready.status).toBe(200)
    expect(await ready.json()).toEqual({ status: 'degraded', degraded: ['users: network_failed'] })
  })

  it('counts requests, and logs the id of each request', async () => {
    await using broker = await start({ log: { requests: true } })
    const response = await token(broker)
    const requestId = response.headers.get('x-request-id')
    const lines = broker.lines().filter(line => line.requestId === requestId)
    expect(lines).toMatchObject([{ audit: 'token' }, { method: 'POST', route: '/oauth2/token', status: 200 }])
    const metrics = await (await fetch(`${broker.url}/metrics`)).text()
    const counted = 'connect_okta_http_request_duration_seconds_count{route="/oauth2/token",status="200"} 1'
    expect(metrics).toContain(counted)
  })

  it('lists its routes in openapi.json', async () => {
    await using broker = await start()
    const document = (await (await fetch(`${broker.url}/openapi.json`)).json()) as { paths: object }
    expect(document).toMatchObject({ openapi: '3.1.0', servers: [{ url: broker.url }] })
    expect(Object.keys(document.paths).sort()).toEqual(
      [
        ...[
          '/.well-known/oauth-authorization-server',
          '/.well-known/openid-configuration',
          '/connections/{name}/authorization',
          '/connections/{name}/jwks.json',
          '/healthz',
          '/metrics',
        ],
        ...['/oauth2/revoke', '/oauth2/token', '/proxy/{name}/{path}', '/readyz'],
      ].sort(),
    )
  })
})
