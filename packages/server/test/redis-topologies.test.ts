import { generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto'
import { type OktaEmulator, startOktaEmulator } from '@connect-okta/emulator'
import { SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest'
import { redisTopologies } from '../../core/test/support/redis-topologies.test.support.js'
import { basic, connectionOf, digestFor, filesOf, startBroker, type TestBroker } from './support/broker.test.support.js'

const { redisServer } = inject('systemNeeds')
const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
let okta: OktaEmulator

beforeAll(async () => {
  vi.stubEnv('CONNECT_OKTA_STORE_KEY', randomBytes(32).toString('base64'))
  okta = await startOktaEmulator({ clients: [{ kind: 'service' }] })
})
afterAll(async () => {
  vi.unstubAllEnvs()
  await okta.close()
})

async function post({ url }: TestBroker, form: Record<string, string>, headers: Record<string, string> = {}) {
  const body = new URLSearchParams({ grant_type: 'client_credentials', ...form })
  return (await fetch(`${url}/oauth2/token`, { method: 'POST', body, headers })).status
}

async function assertion({ url }: TestBroker): Promise<Record<string, string>> {
  const client_assertion = await new SignJWT({ iss: 'signer', sub: 'signer', aud: url, jti: randomUUID() })
    .setProtectedHeader({ alg: 'ES256' })
    .setIssuedAt(new Date(Date.now() + 1_000))
    .setExpirationTime('1m')
    .sign(privateKey)
  return { client_assertion, client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer' }
}

describe.skipIf(redisServer === undefined).each(redisTopologies)('brokers with %s', (_name, startTopology) => {
  it('share tokens, used assertions and managed keys, and follow a failover', { timeout: 60_000 }, async () => {
    const redis = await startTopology(redisServer ?? '')
    const { ca, certificate, key, password, ...options } = redis.options
    const pem = Object.entries({ ca, certificate, key }).filter(([, text]) => text !== undefined)
    const store = {
      ...{ address: redis.address, ...options },
      ...Object.fromEntries(pem.map(([name]) => [name, `${name}.pem`])),
      ...(password !== undefined && { password: { file: 'redis-password' } }),
    }
    const files = {
      ...filesOf(okta),
      ...Object.fromEntries(pem.map(([name, text]) => [`${name}.pem`, text ?? ''])),
      'redis-password': `${password}\n`,
    }
    const { jwk: _jwk, ...app } = okta.client('service')
    const config = {
      store,
      issuer: 'http://broker.localhost:8080',
      connections: {
        users: connectionOf(okta, okta.client('service')),
        managed: connectionOf(okta, { ...app, clientId: '0oaManagedKey0000001' } as never, { key: { managed: {} } }),
      },
      clients: {
        payroll: { secretSha256: digestFor('payroll'), connections: 'users' },
        signer: { jwks: publicKey.export({ format: 'jwk' }), connections: 'users' },
      },
    }
    const started = await Promise.all([1, 2].map(() => startBroker(config, { files })))
    const [one, other] = started as [TestBroker, TestBroker]
    try {
      const headers = { authorization: basic('payroll') }
      okta.clearRequests()
      expect([await post(one, {}, headers), await post(other, {}, headers)]).toEqual([200, 200])
      expect(okta.requests.filter(({ path }) => path.endsWith('/token'))).toHaveLength(1)
      const used = await assertion({ ...one, url: config.issuer })
      expect([await post(one, used), await post(other, used)]).toEqual([200, 401])
      const keys = await Promise.all(
        [one, other].map(async ({ url }) => (await fetch(`${url}/connections/managed/jwks.json`)).text()),
      )
      expect(keys[0]).toBe(keys[1])
      expect(one.lines().filter(({ level }) => level === 'error')).toEqual([])
      if (!/sentinel|cluster/.test(redis.address)) return
      await redis.killPrimary()
      const next = async () => post(one, await assertion({ ...one, url: config.issuer }))
      await expect.poll(next, { timeout: 30_000, interval: 200 }).toBe(200)
    } finally {
      await Promise.all(started.map(broker => broker.stop()))
      await redis.stop()
    }
  })
})
