import { generateKeyPairSync, sign } from 'node:crypto'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startOktaEmulator } from '@connect-okta/emulator'
import type { JWK } from 'jose'
import { describe, expect, it } from 'vitest'
import { rsaKey } from '../../../scripts/testing/rsa-key.js'
import { core, runProgram, stores } from '../test/support/program.test.support.js'
import { inServiceOrg, type ServiceSetting } from '../test/support/service-app.test.support.js'
import { connect, type Notice, resume } from './index.js'
import type { ClientSigner } from './keys/client-key.js'
import { listLogins } from './session/logins.js'
import { createFileStore } from './stores/file/file-store.js'

const notices: Notice[] = []
let { okta, deps, serviceApp } = {} as ServiceSetting
inServiceOrg(notices, setting => {
  ;({ okta, deps, serviceApp } = setting)
})

const fileStore = async () =>
  createFileStore({ directory: join(await mkdtemp(join(tmpdir(), 'connect-')), 'tokens'), notify: deps.notify })

describe('connect with client credentials', () => {
  it('costs one request, without discovery, and resolves with a good token in hand', async () => {
    const before = Date.now()
    const session = await connect(serviceApp(), deps)
    expect(okta.requests.map(({ method, path, status }) => [method, path, status])).toEqual([
      ['POST', '/oauth2/v1/token', 200],
    ])
    const token = await session.token()
    expect(token).toMatchObject({ type: 'Bearer', scopes: ['okta.users.read'], source: 'memory' })
    const expiresInMs = Number(token.expiresAt) - before
    expect(expiresInMs).toBeGreaterThanOrEqual(3600_000)
    expect(expiresInMs).toBeLessThanOrEqual(3600_000 + Date.now() - before)
    expect((await session.fetch('/api/v1/users')).status).toBe(200)
    expect(session.grant).toBe('client_credentials')
  })

  it('takes the key as JSON text, and an EC key', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    await using org = await startOktaEmulator({
      clients: [{ kind: 'service', jwks: { keys: [{ ...(publicKey.export({ format: 'jwk' }) as JWK), kid: 'k1' }] } }],
    })
    const jsonWebKey = JSON.stringify({ ...privateKey.export({ format: 'jwk' }), kid: 'k1' })
    const { clientId } = org.client('service')
    const session = await connect({ tenant: org.orgUrl.origin, clientId, jsonWebKey }, deps)
    expect((await session.token()).scopes).toEqual(['okta.users.manage'])
  })

  it('lets a signer sign whose key cannot be read', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const key = { ...(publicKey.export({ format: 'jwk' }) as JWK), kid: 'in-the-tpm' }
    await using org = await startOktaEmulator({ clients: [{ kind: 'service', jwks: { keys: [key] } }] })
    const signer: ClientSigner = {
      algorithm: 'ES256',
      keyId: 'in-the-tpm',
      sign: async data => sign('sha256', data, { key: privateKey, dsaEncoding: 'ieee-p1363' }),
    }
    const options = { tenant: org.orgUrl.origin, clientId: org.client('service').clientId, signer }
    const session = await connect(options, deps)
    expect(await session.token()).toMatchObject({ type: 'Bearer' })
    const resumed = await resume({ signer }, deps)
    expect((await resumed.token({ forceRefresh: true })).source).toBe('grant')
  })

  it('finds its token in the store, and sends nothing then', async () => {
    await connect(serviceApp(), deps)
    okta.clearRequests()
    const session = await connect(serviceApp(), deps)
    expect(okta.requests).toEqual([])
    expect((await session.token()).source).toBe('memory')
  })

  it('shares one request among all that ask at once, also from different sessions', async () => {
    const sessions = await Promise.all(Array.from({ length: 50 }, () => connect(serviceApp(), deps)))
    const tokens = await Promise.all(sessions.flatMap(one => [one.token(), one.token()]))
    expect(new Set(tokens.map(({ value }) => value)).size).toBe(1)
    expect(okta.requests).toHaveLength(1)
  })

  it('shares one request among processes that share a store', async () => {
    const store = await fileStore()
    const script = `
      import { connect } from ${core}
      import { createFileStore } from ${stores}
      let input = ''
      for await (const chunk of process.stdin) input += chunk
      const session = await connect(JSON.parse(input), {
        store: createFileStore({ directory: ${JSON.stringify(store.location)} }),
      })
      console.log((await session.token()).value)`
    const input = JSON.stringify(serviceApp())
    const outputs = await Promise.all(Array.from({ length: 4 }, () => runProgram(script, { input })))
    expect(new Set(outputs).size).toBe(1)
    expect(okta.requests).toHaveLength(1)
  })

  it('keeps what was asked for apart: scopes, clients, keys', async () => {
    const narrow = await connect(serviceApp(), deps)
    const wide = await connect({ ...serviceApp(), scopes: ['okta.users.read', 'okta.groups.read'] }, deps)
    const other = await connect(serviceApp(2), deps)
    const values = await Promise.all([narrow, wide, other].map(async one => (await one.token()).value))
    expect(new Set(values).size).toBe(3)
  })

  it('does not hand a stored token to who holds another key', async () => {
    await connect(serviceApp(), deps)
    const jsonWebKey = rsaKey().privateJwk
    await expect(connect({ ...serviceApp(), jsonWebKey }, deps)).rejects.toMatchObject({ code: 'client_rejected' })
  })

  it('renews when the token has run out, and when more validity is asked for than is left', async () => {
    let now = Date.now()
    const session = await connect(serviceApp(), { ...deps, now: () => now })
    const first = await session.token()
    now += 3_539_000
    expect((await session.token()).value).toBe(first.value)
    expect(await session.token({ minValidityMs: 120_000 })).toMatchObject({ source: 'grant' })
    now += 3_541_000
    expect(await session.token()).toMatchObject({ source: 'grant' })
  })

  it.each([
    ['behind', -600_000],
    ['ahead', 600_000],
  ])('a clock that is ten minutes %s costs one request more, and a notice', async (what, offset) => {
    const options = { ...deps, now: () => Date.now() + offset }
    const session = await connect(serviceApp(), options)
    expect(okta.requests.map(({ status }) => status)).toEqual([expect.any(Number), 200])
    await session.token({ forceRefresh: true })
    expect(okta.requests).toHaveLength(3)
    expect(notices).toEqual([{ code: 'clock_skew', message: expect.stringMatching(`(599|600|601) s ${what}`) }])
    const bound = await connect(serviceApp(1), options)
    expect((await bound.fetch('/api/v1/users')).status).toBe(200)
  })

  it('hands out a token that lives shorter than a minute, with a notice, without asking for each call', async () => {
    await using org = await startOktaEmulator({ tokenLifetimeSeconds: 40 })
    const { clientId, jwk } = org.client('service')
    const options = { tenant: org.orgUrl.origin, clientId, jsonWebKey: jwk as object }
    const session = await connect(options, deps)
    await Promise.all([session.token(), session.token()])
    await session.token()
    expect(org.requests).toHaveLength(1)
    expect(notices).toContainEqual({ code: 'short_lived_token', message: expect.stringContaining('40 s') })
  })

  it('becomes the current login, which resume goes on with', async () => {
    deps = { ...deps, store: await fileStore() }
    await connect(serviceApp(2), deps)
    const last = await connect(serviceApp(), deps)
    const resumed = await resume({}, deps)
    expect(resumed.clientId).toBe(last.clientId)
    expect(await resumed.token()).toMatchObject({ value: (await last.token()).value, source: 'store' })
    expect((await listLogins(deps)).map(({ clientId, isCurrent }) => [clientId, isCurrent])).toEqual([
      [okta.clients[0]?.clientId, true],
      [okta.clients[2]?.clientId, false],
    ])
  })

  it('leaves the earlier login alone when a new one fails', async () => {
    const session = await connect(serviceApp(), deps)
    await expect(connect({ ...serviceApp(), clientId: '0oaNotThere000000000' }, deps)).rejects.toThrow()
    expect((await resume({}, deps)).clientId).toBe(session.clientId)
  })
})

describe('resume', () => {
  it('asks for a login when there is none that fits', async () => {
    await expect(resume({}, deps)).rejects.toMatchObject({ code: 'login_required' })
    await connect(serviceApp(), deps)
    await expect(resume({ tenant: 'other.okta.com' }, deps)).rejects.toMatchObject({ code: 'login_required' })
    await expect(resume({ scopes: ['okta.apps.read'] }, deps)).rejects.toMatchObject({ code: 'login_required' })
  })

  it('finds a login that is not the current one', async () => {
    await connect(serviceApp(2), deps)
    await connect(serviceApp(), deps)
    const { clientId, tenant } = serviceApp(2)
    expect((await resume({ clientId, tenant }, deps)).clientId).toBe(clientId)
  })

  it('needs the key to renew, because no store keeps it; with the key it renews', async () => {
    await connect(serviceApp(), deps)
    const without = await resume({}, deps)
    await expect(without.token({ forceRefresh: true })).rejects.toMatchObject({ code: 'key_required' })
    const { jsonWebKey } = serviceApp()
    const renewed = await (await resume({ jsonWebKey }, deps)).token({ forceRefresh: true })
    expect(renewed.source).toBe('grant')
  })
})

describe('what Okta refuses', () => {
  it.each([
    ['an unknown client', { clientId: '0oaNotThere000000000' }, 'client_rejected', 'invalid_client'],
    ['a scope that is not granted', { scopes: ['okta.apps.manage'] }, 'scope_rejected', 'consent_required'],
  ])('%s', async (_what, change, code, error) => {
    const failure = await connect({ ...serviceApp(), ...change }, deps).catch(caught => caught)
    expect(failure).toMatchObject({ code, oauth: { error, description: expect.stringMatching(/\w/) } })
    expect(failure.message).toContain(failure.oauth.description)
    expect(failure.hint).toMatch(/Check|Grant/)
    expect(await listLogins(deps)).toEqual([])
  })
})
