import type { JWK } from 'jose'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ecKey, type KeyServer, startKeyServer } from '../../../test/support/key-server.test.support.js'
import { clientCredentials, post } from '../../../test/support/relying-party.test.support.js'
import type { JwksCacheSetting } from '../../config/options.js'
import { type OktaEmulator, startOktaEmulator } from '../../start-okta-emulator.js'

const HOUR_MS = 3_600_000
const [first, second] = await Promise.all([ecKey('first'), ecKey('second')])
const { d: _private, ...secondPublic } = second

let okta: OktaEmulator
let server: KeyServer
const start = async (jwksCache: JwksCacheSetting = {}) => {
  okta = await startOktaEmulator({ jwksCache, clients: [{ kind: 'service', jwksUri: server.url }] })
}
beforeEach(async () => {
  server = await startKeyServer()
  await start()
})
afterEach(async () => {
  await okta.close()
  await server[Symbol.asyncDispose]()
})

/** Sends a token request with an assertion by this key. Returns the status, or the error description. */
async function signIn(jwk: JWK, sinceStartMs = 0): Promise<unknown> {
  const iat = Math.floor((Date.now() + sinceStartMs) / 1000)
  const form = await clientCredentials(okta, okta.client('service'), { jwk, claims: { iat, exp: iat + 300 } })
  const { status, body } = await post(okta, '/oauth2/v1/token', form)
  return status === 200 ? 200 : { status, error: body.error, description: body.error_description }
}

const rejection = (description: string) => ({ status: 401, error: 'invalid_client', description })
const RETRIEVAL = rejection('Error retrieving the client JWKSet from jwks_uri.')
const UNKNOWN_KID = rejection('The client_assertion JWT kid is invalid.')

describe('an app whose keys are at a URL', () => {
  it('accepts only the keys that the URL publishes', async () => {
    server.publish(first)
    expect(await signIn(first)).toBe(200)
    expect(await signIn(second)).toEqual(UNKNOWN_KID)
    expect(server.fetches).toBe(1)
  })

  it('rejects a new key until the cached set is 12 hours old', async () => {
    server.publish(first)
    expect(await signIn(first)).toBe(200)
    server.publish(first, second)
    okta.advanceClock(12 * HOUR_MS - 60_000)
    expect(await signIn(second, 12 * HOUR_MS - 60_000)).toEqual(UNKNOWN_KID)
    okta.advanceClock(60_000)
    expect(await signIn(second, 12 * HOUR_MS)).toBe(200)
  })

  it('accepts a key that is no longer published until the cached set expires', async () => {
    server.publish(first)
    expect(await signIn(first)).toBe(200)
    server.publish(second)
    expect(await signIn(first)).toBe(200)
    okta.advanceClock(12 * HOUR_MS)
    expect(await signIn(first, 12 * HOUR_MS)).toEqual(UNKNOWN_KID)
  })

  it('accepts a new key at once when an unknown kid refreshes the cache', async () => {
    okta.setJwksCache({ refreshOnUnknownKid: true })
    server.publish(first)
    expect(await signIn(first)).toBe(200)
    server.publish(first, second)
    expect(await signIn(second)).toBe(200)
    expect(server.fetches).toBe(2)
  })

  it('accepts a new key after the cache was cleared', async () => {
    server.publish(first)
    expect(await signIn(first)).toBe(200)
    server.publish(second)
    okta.clearJwksCache()
    expect(await signIn(second)).toBe(200)
  })

  it('fetches the keys for each assertion when the cache is off', async () => {
    await okta.close()
    await start({ maxAgeSeconds: 0 })
    server.publish(first)
    expect([await signIn(first), await signIn(first), server.fetches]).toEqual([200, 200, 2])
  })

  it.each<[string, (server: KeyServer) => unknown]>([
    ['returns an error', keys => keys.respond((_request, response) => response.writeHead(500).end('{"keys":[]}'))],
    ['is not reachable', keys => keys[Symbol.asyncDispose]()],
    ['returns HTML', keys => keys.respond((_request, response) => response.end('<html>'))],
    ['returns JSON without keys', keys => keys.respond((_request, response) => response.end('{}'))],
    ['returns keys that are not objects', keys => keys.respond((_request, response) => response.end('{"keys":[1]}'))],
    ['redirects', keys => keys.respond((_request, response) => response.writeHead(302, { location: '/keys' }).end())],
    [
      'returns more than 256 KiB',
      keys => keys.respond((_request, response) => response.end(`{"keys":[]${' '.repeat(300_000)}}`)),
    ],
  ])('is rejected when the URL %s', async (_case, arrange) => {
    await arrange(server)
    expect(await signIn(first)).toEqual(RETRIEVAL)
  })

  it('is rejected when the cached set has expired and the URL returns an error', async () => {
    server.publish(first)
    expect(await signIn(first)).toBe(200)
    server.respond((_request, response) => response.writeHead(503).end())
    expect(await signIn(first)).toBe(200)
    okta.advanceClock(12 * HOUR_MS)
    expect(await signIn(first, 12 * HOUR_MS)).toEqual(RETRIEVAL)
  })

  it('is rejected when the set is empty, or not every key has a kid of its own', async () => {
    server.publish()
    expect(await signIn(first)).toEqual(rejection('The client JWKSet from jwks_uri must contain at least one key.'))
    server.publish(first, { ...second, kid: 'first' })
    okta.clearJwksCache()
    const ambiguous = rejection('All keys in the client JWKSet from jwks_uri must have a unique kid.')
    expect(await signIn(first)).toEqual(ambiguous)
    const { kid: _none, ...withoutKid } = second
    server.publish(first, withoutKid)
    okta.clearJwksCache()
    expect(await signIn(first)).toEqual(ambiguous)
  })

  it('is rejected when the key is an encryption key', async () => {
    server.publish({ ...first, use: 'enc' })
    const encryption = rejection('The client_assertion JWT needs to be signed using a signing key.')
    expect(await signIn(first)).toEqual(encryption)
  })
})

describe('the URL of the keys of an app', () => {
  it.each(['http://example.com/jwks.json', 'http://127.0.0.1.example.com/', 'data:application/json,{}', 'keys.json'])(
    'is rejected when it is %s',
    async jwksUri => {
      await expect(startOktaEmulator({ clients: [{ kind: 'service', jwksUri }] })).rejects.toThrow(
        'jwksUri: must be an https URL, or an http URL on this machine',
      )
    },
  )

  it('is rejected together with keys', async () => {
    const clients = [{ kind: 'service' as const, jwksUri: server.url, jwks: secondPublic }]
    await expect(startOktaEmulator({ clients })).rejects.toThrow('jwks, jwksUri: set only one of them')
  })

  it('replaces the saved keys, and the reverse', async () => {
    const { clientId } = okta.client('service')
    server.publish(first)
    await okta.update(clientId, { jwks: secondPublic })
    expect(okta.client('service').jwksUri).toBeUndefined()
    expect([await signIn(first), await signIn(second)]).toEqual([UNKNOWN_KID, 200])
    await okta.update(clientId, { jwksUri: server.url })
    expect(okta.client('service').jwksUri).toBe(server.url)
    expect([await signIn(first), await signIn(second)]).toEqual([200, UNKNOWN_KID])
  })

  it('stays when another setting changes', async () => {
    await okta.update(okta.client('service').clientId, { scopes: ['okta.users.read'] })
    server.publish(first)
    expect(await signIn(first)).toBe(200)
  })
})
