import { generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto'
import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort, type OktaEmulator, startOktaEmulator } from '@connect-okta/emulator'
import { SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest'
import { createPrivateCertificate } from '../../../scripts/testing/private-certificate.js'
import { basic, connectionOf, digestFor, filesOf, startBroker, type TestBroker } from './support/broker.test.support.js'
import { startRedis, type TestRedis } from './support/redis.test.support.js'

const { redisServer = '', openssl = '' } = inject('systemNeeds')

/** A Redis, the settings of the store for it, and the files that they name. */
interface Topology {
  readonly redis: TestRedis
  readonly store: object
  readonly files?: Readonly<Record<string, string>>
}

const topologies: readonly (readonly [string, () => Promise<Topology>])[] = [
  [
    'a Redis Cluster',
    async () => {
      const folder = await mkdtemp(join(tmpdir(), 'redis-cluster-'))
      const redis = await startRedis(redisServer, async () => {
        const busPort = String(await freePort())
        return ['--cluster-enabled', 'yes', '--cluster-port', busPort, '--dir', folder]
      })
      await redis.command('CLUSTER', 'ADDSLOTSRANGE', '0', '16383')
      const isReady = async () => String(await redis.command('CLUSTER', 'INFO')).includes('cluster_state:ok')
      while (!(await isReady()));
      return { redis, store: { address: redis.url.replace('redis:', 'redis-cluster:') } }
    },
  ],
  [
    'a Unix domain socket',
    async () => {
      const path = join(await mkdtemp(join(tmpdir(), 'redis-socket-')), 'redis.sock')
      return { redis: await startRedis(redisServer, ['--unixsocket', path]), store: { address: `unix://${path}` } }
    },
  ],
  [
    'TLS, a client certificate and a user of an access list',
    async () => {
      const { cert, key, authority } = createPrivateCertificate()
      const folder = await mkdtemp(join(tmpdir(), 'redis-tls-'))
      for (const [name, text] of Object.entries({ cert, key, authority })) await writeFile(join(folder, name), text)
      let port = 0
      const files = [
        ...['--tls-cert-file', join(folder, 'cert'), '--tls-key-file', join(folder, 'key')],
        ...['--tls-ca-cert-file', join(folder, 'authority'), '--tls-auth-clients', 'yes'],
      ]
      const redis = await startRedis(redisServer, async () => {
        port = await freePort()
        return ['--tls-port', String(port), ...files]
      })
      await redis.command(
        'ACL',
        'SETUSER',
        'broker',
        'on',
        '>a-password',
        '~connect-okta:*',
        '&*',
        '+@all',
        '-@dangerous',
      )
      return {
        redis,
        store: {
          ...{ address: `rediss://localhost:${port}`, ca: 'ca.crt', certificate: 'tls.crt', key: 'tls.key' },
          ...{ username: 'broker', password: { file: 'redis-password' }, maxmemoryPolicy: 'noeviction' },
        },
        files: { 'ca.crt': authority, 'tls.crt': cert, 'tls.key': key, 'redis-password': 'a-password\n' },
      }
    },
  ],
]
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

describe.skipIf(redisServer === '' || openssl === '').each(topologies)('brokers with %s', (_name, startTopology) => {
  it('share tokens, used assertions and managed keys', async () => {
    const { redis, store, files: more = {} } = await startTopology()
    await using _redis = redis
    const files = { ...filesOf(okta), ...more }
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
      // Not the requests with the managed keys, which no app has.
      expect(okta.requests.filter(({ path, status }) => path.endsWith('/token') && status === 200)).toHaveLength(1)
      const used = await assertion({ ...one, url: config.issuer })
      expect([await post(one, used), await post(other, used)]).toEqual([200, 401])
      const keys = await Promise.all(
        [one, other].map(async ({ url }) => (await fetch(`${url}/connections/managed/jwks.json`)).text()),
      )
      expect(keys[0]).toBe(keys[1])
      expect(one.lines().filter(({ level }) => level === 'error')).toEqual([])
    } finally {
      await Promise.all(started.map(broker => broker.stop()))
    }
  })
})
