import { once } from 'node:events'
import { request } from 'node:http'
import { connect } from 'node:net'
import { networkInterfaces } from 'node:os'
import { text } from 'node:stream/consumers'
import { freePort, type OktaEmulator, startOktaEmulator } from '@connect-okta/emulator'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { connectionOf, digestFor, filesOf, startBroker } from '../support/broker.test.support.js'

let okta: OktaEmulator

beforeAll(async () => {
  okta = await startOktaEmulator({ clients: [{ kind: 'service' }] })
})
afterAll(() => okta.close())

const issuer = 'https://broker.example.com'
const start = (more: object = {}, args: readonly string[] = []) => {
  const connections = { users: connectionOf(okta, okta.client('service')) }
  const clients = { payroll: { secretSha256: digestFor('payroll'), connections: ['users'] } }
  return startBroker({ connections, clients, ...more }, { files: filesOf(okta), args })
}

// An address of this machine that is not a loopback address, to connect as another machine does.
const ownAddress = Object.values(networkInterfaces())
  .flatMap(all => all ?? [])
  .find(({ family, internal }) => family === 'IPv4' && !internal)?.address

describe('behind a proxy', () => {
  it('accepts requests only from its proxies and from this machine', async () => {
    const port = await freePort()
    const listen = `0.0.0.0:${port}`
    await using broker = await start({ listen, issuer }, ['--behind-proxy', '10.0.0.5'])
    const metadata = await fetch(`http://127.0.0.1:${port}/.well-known/oauth-authorization-server`)
    expect(await metadata.json()).toMatchObject({ issuer, token_endpoint: `${issuer}/oauth2/token` })
    expect(broker.printed()).toContain(issuer)
    const status = async (headers = {}) => (await fetch(`http://127.0.0.1:${port}/metrics`, { headers })).status
    expect(await status()).toBe(200)
    for (const header of ['x-forwarded-for', 'forwarded', 'via']) expect(await status({ [header]: 'x' })).toBe(403)
  })

  it.each([[['127.0.0.1', '::1']], [1]])(
    'rejects /metrics when a proxy on this machine (%j) forwards the request without a header',
    async behindProxy => {
      await using broker = await start({ issuer, behindProxy })
      expect((await fetch(`${broker.url}/metrics`)).status).toBe(403)
      expect((await fetch(`${broker.url}/healthz`)).status).toBe(200)
    },
  )

  it('answers 400 when the Host header is not a host name', async () => {
    const port = await freePort()
    await using broker = await start({ listen: `0.0.0.0:${port}`, issuer, behindProxy: 1 })
    for (const host of ['xn--a', 'xn--a:443', 'a b', '%00', '[::1', 'x:99999', 'a/b', 'a@b']) {
      const outgoing = request({ port, host: '127.0.0.1', path: '/readyz', headers: { host } }).end()
      const [response] = await once(outgoing, 'response')
      response.resume()
      // Node 24 accepts such a name in a URL.
      const isAccepted = host.startsWith('xn--') && URL.canParse(`http://${host}/`)
      expect([host, response.statusCode]).toEqual([host, isAccepted ? 200 : 400])
    }
    expect(JSON.stringify(broker.lines())).not.toContain('unexpected error')
    // Some load balancers send health checks with HTTP/1.0.
    const socket = connect(port, '127.0.0.1')
    socket.write('GET /readyz HTTP/1.0\r\n\r\n')
    expect(await text(socket)).toMatch(/^HTTP\/1\.1 200 /)
  })

  it.each([[['10.0.0.0/8']], [['10.0.0.5', '10.0.0.0/30']], [['10.0.0.5/32']], [0], [1.5], [[]]])(
    'does not start with proxies that are not single addresses: %j',
    async behindProxy => {
      const attempt = start({ listen: `0.0.0.0:${await freePort()}`, issuer, behindProxy })
      await expect(attempt).rejects.toMatchObject({
        code: 'options_invalid',
        message: expect.stringContaining('behindProxy'),
      })
    },
  )

  it.skipIf(ownAddress === undefined)(
    'rejects other addresses when the addresses of the proxies are configured',
    async () => {
      const port = await freePort()
      await using _broker = await start({ listen: `0.0.0.0:${port}`, issuer, behindProxy: ['10.0.0.5'] })
      for (const path of ['/healthz', '/metrics', '/']) {
        const headers = { 'x-forwarded-for': '10.0.0.5' }
        expect((await fetch(`http://${ownAddress}:${port}${path}`, { headers })).status).toBe(403)
      }
    },
  )

  it.skipIf(ownAddress === undefined).each([[['10.0.0.5']], [1]])(
    'serves metrics to an address in metricsFrom when behindProxy is %j',
    async behindProxy => {
      const port = await freePort()
      const config = { listen: `0.0.0.0:${port}`, issuer, behindProxy, metricsFrom: [ownAddress] }
      await using _broker = await start(config)
      const status = async (headers = {}) => (await fetch(`http://${ownAddress}:${port}/metrics`, { headers })).status
      expect(await status()).toBe(200)
      expect(await status({ 'x-forwarded-for': String(ownAddress) })).toBe(403)
    },
  )
})
