import { createPrivateKey, generateKeyPairSync } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createPrivateCertificate } from '../../../../../../scripts/testing/private-certificate.js'
import { isOktaConnectError } from '../../../errors.js'
import { openStore } from '../../open-store.js'
import { isRedisAddress, parseRedisAddress } from './redis-address.js'
import { checkServerOptions } from './redis-client.js'
import { redisConnection } from './redis-connection.js'

const secret = 'a-secret-password'
const pem = createPrivateCertificate()
const encryptedKey = createPrivateKey(pem.key)
  .export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: secret })
  .toString()
const otherKey = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  .privateKey.export({ type: 'pkcs8', format: 'pem' })
  .toString()

describe('an address of a Redis', () => {
  it.each([
    [
      'redis://cache:6380/2',
      { topology: 'single', usesTls: false, hosts: [{ host: 'cache', port: 6380 }], database: 2 },
    ],
    ['rediss://cache', { topology: 'single', usesTls: true, hosts: [{ host: 'cache', port: 6379 }], database: 0 }],
    ['redis://[::1]:6380', { hosts: [{ host: '::1', port: 6380 }] }],
    ['redis://ann:a%2Fb@cache', { username: 'ann', password: 'a/b' }],
    ['redis://:word:with:colons@cache', { username: undefined, password: 'word:with:colons' }],
    ['unix:///run/redis.sock?db=3', { topology: 'single', hosts: [], socketPath: '/run/redis.sock', database: 3 }],
    ['unix://ann:pw@/run/my%20redis.sock', { socketPath: '/run/my redis.sock', username: 'ann', database: 0 }],
    [
      'redis-sentinel://a:1,b:2,c/4?master=okta',
      {
        topology: 'sentinel',
        hosts: [
          { host: 'a', port: 1 },
          { host: 'b', port: 2 },
          { host: 'c', port: 26379 },
        ],
        database: 4,
        masterName: 'okta',
      },
    ],
    [
      'rediss-cluster://a,b:7000/',
      {
        topology: 'cluster',
        usesTls: true,
        hosts: [
          { host: 'a', port: 6379 },
          { host: 'b', port: 7000 },
        ],
      },
    ],
  ])('is parsed: %s', (address, expected) => {
    expect(isRedisAddress(address)).toBe(true)
    expect(parseRedisAddress(address)).toMatchObject(expected)
  })

  it.each([
    ['redis://', 'invalid host'],
    ['redis://cache:99999', 'invalid host or port'],
    ['redis://a,b', 'several hosts'],
    ['redis://cache/one', 'not a number'],
    ['redis://cache?timeout=5', 'parameter "timeout"'],
    ['redis://cache/0?db=1', 'parameter "db"'],
    ['unix://', 'no socket path'],
    ['unix://host/run/redis.sock', 'no socket path'],
    ['unix:///run/redis.sock?database=1', 'parameter "database"'],
    ['redis-sentinel://a,b', 'does not name the primary'],
    ['redis-sentinel://a,b?master=', 'does not name the primary'],
    ['redis-sentinel://a,b?master=okta&role=replica', 'parameter "role"'],
    ['redis-cluster://a,b/1', 'only one'],
    ['redis-cluster://a,b?replicas=1', 'parameter "replicas"'],
    ['redis-cluster://a,,b', 'invalid host'],
    [`redis://ann:${secret}@cache?x=1`, 'parameter "x"'],
    [`redis://ann:%zz${secret}@cache`, 'percent-encoding'],
  ])('is rejected before anything connects: %s', (address, reason) => {
    const open = () => openStore(address, { environment: environmentWith(storeKey) })
    for (const act of [() => redisConnection(address), open]) {
      expect(act).toThrow(
        expect.objectContaining({ code: 'options_invalid', message: expect.stringContaining(reason) }),
      )
      expect(act).not.toThrow(secret)
    }
  })

  it('has a location without the user and the password', () => {
    expect(redisConnection(`redis-sentinel://ann:${secret}@a:1,b:2/0?master=okta`).location).toBe(
      'redis-sentinel://a:1,b:2/0?master=okta',
    )
    expect(redisConnection(`unix://ann:${secret}@/run/redis.sock`).location).toBe('unix:///run/redis.sock')
  })

  it('never causes another error than options_invalid, whatever the text', () => {
    const part = fc.string({ unit: fc.constantFrom(...'ab:@/?=&%,[].01-'), maxLength: 20 })
    const scheme = fc.constantFrom('redis', 'rediss', 'unix', 'redis-sentinel', 'rediss-cluster', 'http')
    fc.assert(
      fc.property(scheme, part, (name, rest) => {
        try {
          const { hosts, socketPath } = parseRedisAddress(`${name}://${rest}`)
          expect(hosts.length + Number(socketPath !== undefined)).toBeGreaterThan(0)
        } catch (error) {
          expect(isOktaConnectError(error) && error.code).toBe('options_invalid')
        }
      }),
      { numRuns: 2_000, seed: 29 },
    )
  })
})

describe('the options of a Redis', () => {
  it.each([
    ['redis://cache', { ca: 'pem' }, 'does not use TLS'],
    ['rediss://cache', { certificate: 'pem' }, 'is missing'],
    ['redis://:word@cache', { password: secret }, 'both in the address and in the options'],
    ['redis://cache', { sentinelPassword: secret }, 'does not use Sentinel'],
  ])('are rejected for %s: %j', (address, options, reason) => {
    const act = () => checkServerOptions(parseRedisAddress(address), options)
    expect(act).toThrow(expect.objectContaining({ code: 'options_invalid', message: expect.stringContaining(reason) }))
    expect(() => redisConnection(address, options)).toThrow(reason)
  })

  it.each([
    ['ca', { ca: '' }, 'no certificate in PEM'],
    ['ca', { ca: 'hunter2' }, 'no certificate in PEM'],
    ['ca', { ca: `${pem.cert}\n-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----` }, 'damaged'],
    ['certificate', { certificate: 'hunter2', key: pem.key }, 'no certificate in PEM'],
    ['key', { certificate: pem.cert, key: 'hunter2' }, 'not a private key in PEM'],
    ['key', { certificate: pem.cert, key: encryptedKey }, 'is encrypted'],
    ['key', { certificate: pem.cert, key: otherKey }, 'does not belong to the certificate'],
  ])('are rejected if the text of %s is not usable (%#)', (name, options, reason) => {
    const message = expect.stringMatching(
      new RegExp(`\\(${name}, CONNECT_OKTA_REDIS_${name.toUpperCase()}\\).*${reason}`),
    )
    expect(() => redisConnection('rediss://cache', options)).toThrow(
      expect.objectContaining({ code: 'options_invalid', message, hint: expect.not.stringContaining('hunter2') }),
    )
  })

  it('accept certificates and a key in PEM', () => {
    redisConnection('rediss://cache', { ca: pem.cert + pem.cert, certificate: pem.cert, key: pem.key }).close()
  })

  it('come from files that variables name', () => {
    const variables = { ...storeKey, CONNECT_OKTA_REDIS_CA: '/no/such/ca.pem' }
    expect(() => openStore('rediss://cache', { environment: environmentWith(variables) })).toThrow(
      expect.objectContaining({ code: 'options_invalid', message: expect.stringContaining('CONNECT_OKTA_REDIS_CA') }),
    )
  })
})

const storeKey = { CONNECT_OKTA_STORE_KEY: Buffer.alloc(32, 7).toString('base64') }

function environmentWith(variables: Record<string, string>) {
  return { variables, home: undefined, configDirectory: '/nowhere', stateDirectory: '/nowhere' }
}
