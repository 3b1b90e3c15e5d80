import { generateKeyPairSync, sign } from 'node:crypto'
import { join } from 'node:path'
import { startOktaEmulator } from '@connect-okta/emulator'
import type { JWK } from 'jose'
import { describe, expect, it } from 'vitest'
import { rsaKey } from '../../../scripts/testing/rsa-key.js'
import { newFolder } from '../test/support/new-folder.test.support.js'
import { core, runProgram, stores } from '../test/support/run-program.test.support.js'
import { serviceAppOptions, useServiceOrg } from '../test/support/service-org.test.support.js'
import { connect, resume } from './index.js'
import type { ClientSigner } from './keys/signers/client-signer.js'
import { listLogins } from './session/logins.js'
import { createFileStore } from './stores/file/file-store.js'

const org = useServiceOrg()

const newFileStore = async () =>
  createFileStore({ directory: join(await newFolder(), 'tokens'), notify: org.deps.notify })

describe('connect with client credentials', () => {
  it('sends one request, without discovery, and resolves with a valid token in memory', async () => {
    const before = Date.now()
    const session = await connect(org.app(), org.deps)
    expect(org.okta.requests.map(({ method, path, status }) => [method, path, status])).toEqual([
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

  it('accepts an EC key as JSON text', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    await using okta = await startOktaEmulator({
      clients: [{ kind: 'service', jwks: { keys: [{ ...(publicKey.export({ format: 'jwk' }) as JWK), kid: 'k1' }] } }],
    })
    const jsonWebKey = JSON.stringify({ ...privateKey.export({ format: 'jwk' }), kid: 'k1' })
    const { clientId } = okta.client('service')
    const session = await connect({ tenant: okta.orgUrl.origin, clientId, jsonWebKey }, org.deps)
    expect((await session.token()).scopes).toEqual(['okta.users.manage'])
  })

  it('accepts a signer with a key that cannot be exported', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const key = { ...(publicKey.export({ format: 'jwk' }) as JWK), kid: 'in-the-tpm' }
    await using okta = await startOktaEmulator({ clients: [{ kind: 'service', jwks: { keys: [key] } }] })
    const signer: ClientSigner = {
      algorithm: 'ES256',
      publicJwk: key,
      sign: async data => sign('sha256', data, { key: privateKey, dsaEncoding: 'ieee-p1363' }),
    }
    const options = { tenant: okta.orgUrl.origin, clientId: okta.client('service').clientId, signer }
    const session = await connect(options, org.deps)
    expect(await session.token()).toMatchObject({ type: 'Bearer' })
    const resumed = await resume({ signer }, org.deps)
    expect((await resumed.token({ forceRefresh: true })).source).toBe('grant')
  })

  it('uses the stored token and sends no request', async () => {
    await connect(org.app(), org.deps)
    org.okta.clearRequests()
    const session = await connect(org.app(), org.deps)
    expect(org.okta.requests).toEqual([])
    expect((await session.token()).source).toBe('memory')
  })

  it('sends one request for concurrent calls of different sessions', async () => {
    const sessions = await Promise.all(Array.from({ length: 50 }, () => connect(org.app(), org.deps)))
    const tokens = await Promise.all(sessions.flatMap(session => [session.token(), session.token()]))
    expect(new Set(tokens.map(({ value }) => value)).size).toBe(1)
    expect(org.okta.requests).toHaveLength(1)
  })

  it('sends one request for processes that share a store', async () => {
    const store = await newFileStore()
    const script = `
      import { connect } from ${core}
      import { createFileStore } from ${stores}
      let input = ''
      for await (const chunk of process.stdin) input += chunk
      const session = await connect(JSON.parse(input), {
        store: createFileStore({ directory: ${JSON.stringify(store.location)} }),
      })
      console.log((await session.token()).value)`
    const input = JSON.stringify(org.app())
    const outputs = await Promise.all(Array.from({ length: 4 }, () => runProgram(script, { input })))
    expect(new Set(outputs).size).toBe(1)
    expect(org.okta.requests).toHaveLength(1)
  })

  it('stores a separate token for each set of scopes, client and key', async () => {
    const narrow = await connect(org.app(), org.deps)
    const wide = await connect({ ...org.app(), scopes: ['okta.users.read', 'okta.groups.read'] }, org.deps)
    const other = await connect(org.app(2), org.deps)
    const values = await Promise.all([narrow, wide, other].map(async session => (await session.token()).value))
    expect(new Set(values).size).toBe(3)
  })

  it('does not use a stored token when the key is different', async () => {
    await connect(org.app(), org.deps)
    const jsonWebKey = rsaKey().privateJwk
    await expect(connect({ ...org.app(), jsonWebKey }, org.deps)).rejects.toMatchObject({ code: 'client_rejected' })
  })

  it('renews the token when it has expired or is valid for less than minValidityMs', async () => {
    let now = Date.now()
    const session = await connect(org.app(), { ...org.deps, now: () => now })
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
  ])('retries once and reports clock_skew when the system clock is ten minutes %s', async (direction, offset) => {
    const options = { ...org.deps, now: () => Date.now() + offset }
    const session = await connect(org.app(), options)
    expect(org.okta.requests.map(({ status }) => status)).toEqual([expect.any(Number), 200])
    await session.token({ forceRefresh: true })
    expect(org.okta.requests).toHaveLength(3)
    expect(org.notices).toEqual([
      { code: 'clock_skew', message: expect.stringMatching(`(599|600|601) s ${direction}`) },
    ])
    const bound = await connect(org.app(1), options)
    expect((await bound.fetch('/api/v1/users')).status).toBe(200)
  })

  it('reports once that a token expires sooner than requested, also for a token in memory', async () => {
    const session = await connect(org.app(), org.deps)
    for (let calls = 0; calls < 3; calls++) await session.token({ minValidityMs: 2 * 3600_000 })
    expect(org.notices.filter(({ code }) => code === 'short_lived_token')).toHaveLength(1)
  })

  it('reuses a token with a lifetime of less than a minute and reports short_lived_token', async () => {
    await using okta = await startOktaEmulator({ tokenLifetimeSeconds: 40 })
    const session = await connect(serviceAppOptions(okta), org.deps)
    await Promise.all([session.token(), session.token()])
    await session.token()
    expect(okta.requests).toHaveLength(1)
    expect(org.notices).toContainEqual({ code: 'short_lived_token', message: expect.stringContaining('40 s') })
  })

  it('makes the sign-in the current one, which resume uses', async () => {
    const fileDeps = { ...org.deps, store: await newFileStore() }
    await connect(org.app(2), fileDeps)
    const last = await connect(org.app(), fileDeps)
    const resumed = await resume({}, fileDeps)
    expect(resumed.clientId).toBe(last.clientId)
    expect(await resumed.token()).toMatchObject({ value: (await last.token()).value, source: 'store' })
    expect((await listLogins(fileDeps)).map(({ clientId, isCurrent }) => [clientId, isCurrent])).toEqual([
      [org.okta.clients[0]?.clientId, true],
      [org.okta.clients[2]?.clientId, false],
    ])
  })

  it('keeps the earlier sign-in when a new one fails', async () => {
    const session = await connect(org.app(), org.deps)
    await expect(connect({ ...org.app(), clientId: '0oaNotThere000000000' }, org.deps)).rejects.toThrow()
    expect((await resume({}, org.deps)).clientId).toBe(session.clientId)
  })
})

describe('resume', () => {
  it('reports login_required when no stored sign-in matches', async () => {
    await expect(resume({}, org.deps)).rejects.toMatchObject({ code: 'login_required' })
    await connect(org.app(), org.deps)
    await expect(resume({ tenant: 'other.okta.com' }, org.deps)).rejects.toMatchObject({ code: 'login_required' })
    await expect(resume({ scopes: ['okta.apps.read'] }, org.deps)).rejects.toMatchObject({ code: 'login_required' })
  })

  it('finds a stored sign-in that is not the current one', async () => {
    await connect(org.app(2), org.deps)
    await connect(org.app(), org.deps)
    const { clientId, tenant } = org.app(2)
    expect((await resume({ clientId, tenant }, org.deps)).clientId).toBe(clientId)
  })

  it('requires the key, which is not stored, to renew the token', async () => {
    await connect(org.app(), org.deps)
    const withoutKey = await resume({}, org.deps)
    await expect(withoutKey.token({ forceRefresh: true })).rejects.toMatchObject({ code: 'key_required' })
    const { jsonWebKey } = org.app()
    const renewed = await (await resume({ jsonWebKey }, org.deps)).token({ forceRefresh: true })
    expect(renewed.source).toBe('grant')
  })
})

describe('connect when Okta rejects the request', () => {
  it.each([
    ['an unknown client', { clientId: '0oaNotThere000000000' }, 'client_rejected', 'invalid_client'],
    ['a scope that is not granted', { scopes: ['okta.apps.manage'] }, 'scope_rejected', 'consent_required'],
  ])('reports the error and a hint for %s', async (_what, change, code, error) => {
    const failure = await connect({ ...org.app(), ...change }, org.deps).catch(caught => caught)
    expect(failure).toMatchObject({ code, oauth: { error, description: expect.stringMatching(/\w/) } })
    expect(failure.message).toContain(failure.oauth.description)
    expect(failure.hint).toMatch(/Check|Grant/)
    expect(await listLogins(org.deps)).toEqual([])
  })
})
