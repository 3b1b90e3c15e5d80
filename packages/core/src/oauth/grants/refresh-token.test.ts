import { startOktaEmulator } from '@connect-okta/emulator'
import { describe, expect, it } from 'vitest'
import {
  forTokenRequests,
  rejectBrowser,
  TestUser,
  useSignInOrg,
} from '../../../test/support/sign-in-org.test.support.js'
import { connect, resume } from '../../index.js'
import { listLogins } from '../../session/logins.js'

const org = useSignInOrg()

describe('a refresh token', () => {
  it.each([
    ['it rotates', 0],
    ['it does not rotate', 1],
    ['it is bound to a DPoP key', 3],
  ])('renews the access token without a browser when %s', async (_what, index) => {
    await connect(org.app(index), { ...org.deps, openBrowser: new TestUser(org.okta).openBrowser })
    for (const open of [
      () => resume({}, org.deps),
      () => connect(org.app(index), { ...org.deps, openBrowser: rejectBrowser }),
    ]) {
      const session = await open()
      const before = await session.token()
      for (const _round of [1, 2]) {
        const renewed = await session.token({ forceRefresh: true })
        expect(renewed.source).toBe('refresh')
        expect(renewed.value).not.toBe(before.value)
        expect((await session.fetch('/api/v1/users/me')).status).toBe(200)
      }
    }
  })

  it('is sent again when a response is lost, so that the sign-in is kept', async () => {
    const session = await connect(org.app(), {
      ...org.deps,
      openBrowser: new TestUser(org.okta).openBrowser,
      fetch: forTokenRequests(fetchThatLosesResponse()),
    })
    const renewed = await session.token({ forceRefresh: true })
    expect(renewed.source).toBe('refresh')
    expect((await session.token({ forceRefresh: true })).source).toBe('refresh')
  })

  // Loses the second token response: the server has rotated the refresh token, and the client does not receive the new one.
  function fetchThatLosesResponse(): typeof fetch {
    let count = 0
    return async (...input) => {
      const response = await fetch(...input)
      count += 1
      if (count === 2)
        throw new TypeError('fetch failed', { cause: Object.assign(new Error(), { code: 'ECONNRESET' }) })
      return response
    }
  }

  it('is not sent again after Okta rejects it', async () => {
    await connect(org.app(), { ...org.deps, openBrowser: new TestUser(org.okta).openBrowser })
    const session = await resume({}, org.deps)
    await revokeRefreshToken()
    org.okta.clearRequests()
    await expect(session.token({ forceRefresh: true })).rejects.toMatchObject({ code: 'login_required' })
    await expect(session.token({ forceRefresh: true })).rejects.toMatchObject({ code: 'login_required' })
    expect(org.tokenRequests()).toHaveLength(1)
  })

  it('is replaced by a new sign-in when it was revoked and a browser can be opened', async () => {
    const testUser = new TestUser(org.okta)
    const session = await connect(org.app(), { ...org.deps, openBrowser: testUser.openBrowser })
    await revokeRefreshToken()
    expect(await session.token({ forceRefresh: true })).toMatchObject({ source: 'grant' })
    expect(testUser.openedUrls).toHaveLength(2)
  })

  it('is revoked by disconnect', async () => {
    const session = await connect(org.app(), { ...org.deps, openBrowser: new TestUser(org.okta).openBrowser })
    const refreshToken = await storedRefreshToken()
    await session.disconnect()
    const response = await fetch(new URL('/oauth2/v1/token', org.okta.orgUrl), {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'refresh_token',
        refresh_token: refreshToken,
        client_id: String(session.clientId),
      }),
    })
    expect(await response.json()).toMatchObject({ error: 'invalid_grant' })
    expect(org.notices).toEqual([])
  })

  async function storedRefreshToken(): Promise<string> {
    for await (const { recordKey } of org.deps.store.list()) {
      const record = await org.deps.store.read(recordKey)
      if (record?.kind === 'token' && record.refreshToken !== undefined) return record.refreshToken
    }
    throw new Error('no refresh token is stored')
  }

  async function revokeRefreshToken(): Promise<void> {
    const token = await storedRefreshToken()
    const body = new URLSearchParams({ token, client_id: org.okta.clients[0]?.clientId ?? '' })
    const response = await fetch(new URL('/oauth2/v1/revoke', org.okta.orgUrl), { method: 'POST', body })
    expect(response.status).toBe(200)
  }
})

describe('an app without the refresh token grant', () => {
  it('allows a sign-in without a refresh token and reports a notice', async () => {
    const testUser = new TestUser(org.okta)
    const session = await connect(org.app(2), { ...org.deps, openBrowser: testUser.openBrowser })
    expect(testUser.openedUrls).toHaveLength(1)
    expect((await testUser.pages[0])?.text).toContain('Connected')
    expect(org.notices).toContainEqual({
      code: 'offline_access_refused',
      message: expect.stringContaining('Refresh Token'),
    })
    expect((await session.fetch('/api/v1/users/me')).status).toBe(200)
    const stored = await resume({}, org.deps)
    await expect(stored.token({ forceRefresh: true })).rejects.toMatchObject({ code: 'login_required' })
  })
})

describe('a web app with a client key', () => {
  it('signs a user in, and requires the key for a refresh after resume', async () => {
    const redirectUris = [org.redirectUri]
    await using web = await startOktaEmulator({
      clients: [{ kind: 'web', authentication: 'private_key_jwt', redirectUris }],
    })
    const { clientId, jwk } = web.client('web')
    const jsonWebKey = jwk as object
    const options = { ...org.app(), grant: 'authorization_code' as const, tenant: web.orgUrl.origin, clientId }
    const openBrowser = new TestUser(web).openBrowser
    const session = await connect({ ...options, jsonWebKey }, { ...org.deps, openBrowser })
    expect((await session.fetch('/api/v1/users/me')).status).toBe(200)
    expect((await session.token({ forceRefresh: true })).source).toBe('refresh')

    const withoutKey = await resume({}, org.deps)
    await expect(withoutKey.token({ forceRefresh: true })).rejects.toMatchObject({ code: 'key_required' })
    const withKey = await resume({ jsonWebKey, recordKey: await onlyRecordKey() }, org.deps)
    expect((await withKey.token({ forceRefresh: true })).source).toBe('refresh')
  })

  async function onlyRecordKey(): Promise<string> {
    const [login] = await listLogins(org.deps)
    return login?.recordKey ?? ''
  }
})
