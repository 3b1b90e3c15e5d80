import { createPublicKey } from 'node:crypto'
import { decodeJwt, importJWK } from 'jose'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { startOktaEmulator } from '../src/start-okta-emulator.js'
import { clientAssertion, post, userTokens } from './support/relying-party.test.support.js'

const options = {
  orgUrl: 'https://example.okta.com',
  seed: 'a seed',
  clock: { fixedAt: '2026-01-02T03:04:05Z' },
  authorizationServers: [{ id: 'default', scopes: ['orders'] }],
}

/** The values that an org generates for its configuration and two client credentials requests. */
async function generatedValues(seed = options.seed) {
  await using org = await startOktaEmulator({ ...options, seed })
  // Requests go to the local address; responses contain the public URL.
  const okta = { ...org, orgUrl: org.localUrl }
  const client = org.client('service')
  const now = Date.parse(options.clock.fixedAt) / 1000
  const sendRequest = async (path: string, scope: string) =>
    post(okta, path, {
      grant_type: 'client_credentials',
      scope,
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: await clientAssertion(client, `https://example.okta.com${path}`, {
        claims: { iat: now, exp: now + 300 },
      }),
    })
  const keys = await post(okta, '/oauth2/v1/revoke', {})
  return {
    ids: [...org.clients.map(({ clientId }) => clientId), ...org.users.map(({ id }) => id)],
    keys: org.clients.map(({ jwk }) => jwk),
    secrets: [org.client('web').clientSecret, org.apiTokens],
    token: (await sendRequest('/oauth2/v1/token', 'okta.users.read')).body,
    jwt: (await sendRequest('/oauth2/default/v1/token', 'orders')).body,
    rejected: keys.body,
  }
}

describe('a seed', () => {
  afterEach(() => {
    vi.useRealTimers()
  })

  it('makes IDs, keys, secrets and tokens the same at each start', async () => {
    const [one, again, other] = [
      await generatedValues(),
      await generatedValues(),
      await generatedValues('another seed'),
    ]
    expect(again).toEqual(one)
    expect(one.token).toMatchObject({ access_token: expect.any(String) })
    expect(decodeJwt(String(one.jwt.access_token))).toMatchObject({ iat: 1_767_323_045, exp: 1_767_326_645 })
    for (const name of ['ids', 'keys', 'secrets', 'token', 'jwt'] as const) expect(other[name]).not.toEqual(one[name])
  })

  it('makes valid keys', async () => {
    await using okta = await startOktaEmulator({
      seed: 'any',
      clients: [{ kind: 'service' }, { kind: 'service', dpop: true }],
    })
    for (const { jwk = {} } of okta.clients) {
      await expect(importJWK(jwk, jwk.alg)).resolves.toBeDefined()
      expect(() =>
        createPublicKey({ key: { kty: jwk.kty, n: jwk.n, e: jwk.e, crv: jwk.crv, x: jwk.x, y: jwk.y }, format: 'jwk' }),
      ).not.toThrow()
    }
    expect(Buffer.from(okta.clients[0]?.jwk?.n ?? '', 'base64url')).toHaveLength(256)
  })

  it('makes ID tokens the same, including times', async () => {
    await using okta = await startOktaEmulator({ seed: 'x', port: 0, clock: options.clock })
    const tokens = async () => decodeJwt(String((await userTokens(okta, okta.client('spa'))).body.id_token))
    const { at_hash: _hash, jti: _id, ...claims } = await tokens()
    vi.useFakeTimers({ toFake: ['Date'] })
    vi.advanceTimersByTime(2000)
    expect(await tokens()).toMatchObject(claims)
    expect(claims).toMatchObject({ iat: 1_767_323_045, auth_time: 1_767_323_045 })
  })
})

describe('200 emulators in one process', () => {
  it('start, issue tokens and close', async () => {
    const clients = [{ kind: 'spa' as const, scopes: ['okta.users.read'] }]
    const orgs = await Promise.all(Array.from({ length: 200 }, () => startOktaEmulator({ clients, people: 0 })))
    expect(new Set(orgs.map(({ orgUrl }) => orgUrl.port)).size).toBe(200)
    for (const okta of [orgs[0], orgs[100], orgs[199]]) {
      if (okta === undefined) throw new Error('no org')
      const { body } = await userTokens(okta, okta.client('spa'), { scope: 'openid okta.users.read' })
      expect(body).toMatchObject({ token_type: 'Bearer', scope: 'openid okta.users.read' })
    }
    await Promise.all(orgs.map(okta => okta.close()))
    const responses = await Promise.allSettled(orgs.map(({ orgUrl }) => fetch(orgUrl)))
    // Another process can already use a port that was freed.
    expect(responses.filter(({ status }) => status === 'rejected').length).toBeGreaterThan(190)
  })
})
