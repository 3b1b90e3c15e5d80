import { startOktaEmulator } from '@connect-okta/emulator'
import { describe, expect, it } from 'vitest'
import { inSignInOrg, Person, type SignInSetting } from '../../../test/support/person.test.support.js'
import { connect, type Notice, resume } from '../../index.js'
import { listLogins } from '../../session/logins.js'

const notices: Notice[] = []
let { org, okta, app, deps } = {} as SignInSetting
inSignInOrg(notices, setting => {
  ;({ org, okta, app, deps } = setting)
})

const tokenRequests = () => okta.requests.filter(({ path }) => path === '/oauth2/v1/token')
const fails = (code: string, more = {}) => ({ code, ...more })

describe('after the sign-in', () => {
  const openBrowser = () => Promise.reject(new Error('the browser was opened'))

  it.each([
    ['a refresh token that rotates', 0],
    ['one that stays', 1],
    ['one that is bound to a key', 3],
  ])('the token is renewed without a browser, with %s', async (_what, index) => {
    await connect(app(index), { ...deps, openBrowser: new Person(okta).openBrowser })
    for (const open of [() => resume({}, deps), () => connect(app(index), { ...deps, openBrowser })]) {
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

  it('an answer that is lost on the way costs nobody the login', async () => {
    const session = await connect(app(), { ...deps, openBrowser: new Person(okta).openBrowser, fetch: forgetful() })
    const renewed = await session.token({ forceRefresh: true })
    expect(renewed.source).toBe('refresh')
    expect((await session.token({ forceRefresh: true })).source).toBe('refresh')
  })

  // Loses the answer to the second request for a token: the server has rotated, and nobody knows.
  function forgetful(): typeof fetch {
    let count = 0
    return async (...input) => {
      const response = await fetch(...input)
      count += 1
      if (count === 2)
        throw new TypeError('fetch failed', { cause: Object.assign(new Error(), { code: 'ECONNRESET' }) })
      return response
    }
  }

  it('asks for a login when the refresh token has ended, and does not send it again', async () => {
    await connect(app(), { ...deps, openBrowser: new Person(okta).openBrowser })
    const session = await resume({}, deps)
    await endRefreshToken()
    okta.clearRequests()
    await expect(session.token({ forceRefresh: true })).rejects.toMatchObject(fails('login_required'))
    await expect(session.token({ forceRefresh: true })).rejects.toMatchObject(fails('login_required'))
    expect(tokenRequests()).toHaveLength(1)
  })

  it('signs in anew when the refresh token has ended and somebody may be asked', async () => {
    const person = new Person(okta)
    const session = await connect(app(), { ...deps, openBrowser: person.openBrowser })
    await endRefreshToken()
    expect(await session.token({ forceRefresh: true })).toMatchObject({ source: 'grant' })
    expect(person.opened).toHaveLength(2)
  })

  it('disconnect ends the refresh token too', async () => {
    const session = await connect(app(), { ...deps, openBrowser: new Person(okta).openBrowser })
    const refreshToken = await storedRefreshToken()
    await session.disconnect()
    const answer = await fetch(new URL('/oauth2/v1/token', okta.orgUrl), {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'refresh_token',
        refresh_token: refreshToken,
        client_id: String(session.clientId),
      }),
    })
    expect(await answer.json()).toMatchObject({ error: 'invalid_grant' })
    expect(notices).toEqual([])
  })

  async function storedRefreshToken(): Promise<string> {
    for await (const { recordKey } of deps.store.list()) {
      const record = await deps.store.read(recordKey)
      if (record?.kind === 'token' && record.refreshToken !== undefined) return record.refreshToken
    }
    throw new Error('no refresh token is stored')
  }

  async function endRefreshToken(): Promise<void> {
    const token = await storedRefreshToken()
    const body = new URLSearchParams({ token, client_id: okta.clients[0]?.clientId ?? '' })
    const answer = await fetch(new URL('/oauth2/v1/revoke', okta.orgUrl), { method: 'POST', body })
    expect(answer.status).toBe(200)
  }
})

describe('an app without refresh tokens', () => {
  it('is signed in to without one, in the same browser, with a notice', async () => {
    const person = new Person(okta)
    const session = await connect(app(2), { ...deps, openBrowser: person.openBrowser })
    expect(person.opened).toHaveLength(1)
    expect((await person.pages[0])?.text).toContain('Connected')
    expect(notices).toContainEqual({
      code: 'offline_access_refused',
      message: expect.stringContaining('Refresh Token'),
    })
    expect((await session.fetch('/api/v1/users/me')).status).toBe(200)
    const stored = await resume({}, deps)
    await expect(stored.token({ forceRefresh: true })).rejects.toMatchObject(fails('login_required'))
  })
})

describe('a web app that proves itself with a key', () => {
  it('signs a person in, renews with the key, and needs it after a restart', async () => {
    const redirectUris = [org.redirectUri]
    await using web = await startOktaEmulator({
      clients: [{ kind: 'web', authentication: 'private_key_jwt', redirectUris }],
    })
    const { clientId, jwk } = web.client('web')
    const jsonWebKey = jwk as object
    const options = { ...app(), grant: 'authorization_code' as const, tenant: web.orgUrl.origin, clientId }
    const openBrowser = new Person(web).openBrowser
    const session = await connect({ ...options, jsonWebKey }, { ...deps, openBrowser })
    expect((await session.fetch('/api/v1/users/me')).status).toBe(200)
    expect((await session.token({ forceRefresh: true })).source).toBe('refresh')

    const withoutKey = await resume({}, deps)
    await expect(withoutKey.token({ forceRefresh: true })).rejects.toMatchObject(fails('key_required'))
    const withKey = await resume({ jsonWebKey, recordKey: await onlyRecordKey() }, deps)
    expect((await withKey.token({ forceRefresh: true })).source).toBe('refresh')
  })

  async function onlyRecordKey(): Promise<string> {
    const [login] = await listLogins(deps)
    return login?.recordKey ?? ''
  }
})
