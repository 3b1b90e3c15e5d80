import { decodeJwt } from 'jose'
import { describe, expect, it } from 'vitest'
import { TestUser } from '../../test/support/sign-in-org.test.support.js'
import { useTwoAccounts, withoutIdToken } from '../../test/support/two-accounts.test.support.js'
import { connect, type OktaSession, resume } from '../index.js'
import { listLogins } from './logins.js'

const { org, clock, advance, user, signInAs } = useTwoAccounts()

async function ownerOf(session: OktaSession): Promise<string> {
  const response = await session.fetch('/api/v1/users/me')
  const { profile } = (await response.json()) as { profile: { login: string } }
  return profile.login
}

describe('the account of a session', () => {
  it('is the user who signed in, with the username, without additional scopes', async () => {
    const session = await signInAs(0)
    expect(session.account).toEqual({
      sub: expect.stringMatching(/^00u/),
      login: user(0).login,
      email: undefined,
      name: 'Ada Lovelace',
    })
    expect((await session.token()).account).toEqual(session.account)
    expect(await listLogins(org.deps)).toMatchObject([{ account: { login: user(0).login } }])
    expect((await resume({}, org.deps)).account).toEqual(session.account)
  })

  it('is reported in a notice when it differs from the login hint', async () => {
    const hints = [
      [user(0).login, 0],
      [user(0).login.toUpperCase(), 0],
      ['ada.lovelace', 0],
      [user(1).login, 1],
    ] as const
    for (const [loginHint, count] of hints) {
      const earlierCount = org.notices.length
      await signInAs(0, { loginHint })
      const reported = org.notices.slice(earlierCount).filter(({ code }) => code === 'account_differs')
      expect(reported).toHaveLength(count)
      if (count > 0) expect(reported[0]?.message).toBe(`Signed in as ${user(0).login}, not as ${user(1).login}.`)
    }
  })

  it('is kept when a refresh returns no ID token', async () => {
    const session = await connect(org.app(), { ...org.deps, openBrowser: new TestUser(org.okta).openBrowser })
    const { account } = session
    const resumed = await resume({}, { ...org.deps, fetch: withoutIdToken })
    const token = await resumed.token({ forceRefresh: true })
    expect(token).toMatchObject({ source: 'refresh', account, idToken: expect.any(String) })
    expect(await listLogins(org.deps)).toMatchObject([{ account }])
  })

  it('is not changed by a refresh: a response for another subject is rejected', async () => {
    const other = await signInAs(1)
    const otherIdToken = (await other.token()).idToken ?? ''
    expect(decodeJwt(otherIdToken).sub).toBe(other.account?.sub)
    await signInAs(0)
    const resumed = await resume(
      {},
      {
        ...org.deps,
        fetch: async (input, init) => {
          const response = await fetch(input, init)
          if (!String(input).endsWith('/token')) return response
          return Response.json(
            { ...((await response.json()) as object), id_token: otherIdToken },
            { status: response.status },
          )
        },
      },
    )
    await expect(resumed.token({ forceRefresh: true })).rejects.toMatchObject({ code: 'token_response_invalid' })
  })
})

describe('a session after another account signed in to the same store', () => {
  it('requires a sign-in and does not use or revoke the token of the other account', async () => {
    await signInAs(0)
    const session = await resume({}, { ...org.deps, ...clock })
    expect(await ownerOf(session)).toBe(user(0).login)
    const otherSession = await signInAs(1)
    advance(5)
    await expect(session.token()).rejects.toMatchObject({ code: 'login_required' })
    await expect(session.fetch('/api/v1/users/me')).rejects.toMatchObject({ code: 'login_required' })
    await expect(session.token({ forceRefresh: true })).rejects.toMatchObject({ code: 'login_required' })
    await session.disconnect()
    expect(await ownerOf(otherSession)).toBe(user(1).login)
    expect(await listLogins(org.deps)).toMatchObject([{ account: { login: user(1).login } }])
  })

  it('does not open a browser for a new sign-in', async () => {
    const session = await signInAs(0)
    await signInAs(1)
    advance(5)
    const rejection = { code: 'login_required', message: expect.stringContaining('Another account is now signed in') }
    await expect(session.token()).rejects.toMatchObject(rejection)
    expect(await listLogins(org.deps)).toMatchObject([{ account: { login: user(1).login } }])
  })

  it('does not use the token of the other account after a 401', async () => {
    await signInAs(0)
    const session = await resume({}, { ...org.deps, ...clock })
    const { value } = await session.token()
    await signInAs(1)
    // Revoke at Okta: this session has not read the store again yet.
    const revocation = await fetch(new URL('/oauth2/v1/revoke', org.okta.orgUrl), {
      method: 'POST',
      body: new URLSearchParams({ token: value, client_id: org.app().clientId }),
    })
    expect(revocation.status).toBe(200)
    await expect(session.fetch('/api/v1/users/me')).rejects.toMatchObject({ code: 'login_required' })
  })

  it('uses a newer sign-in of the same account', async () => {
    await signInAs(0)
    const session = await resume({}, { ...org.deps, ...clock })
    await session.token()
    const newer = await signInAs(0)
    advance(5)
    expect((await session.token()).value).toBe((await newer.token()).value)
  })
})

describe('resume', () => {
  it('uses only the sign-in with the login hint that is given', async () => {
    const hints = [user(0).login, user(1).login]
    for (const [index, loginHint] of hints.entries()) await signInAs(index, { loginHint })
    for (const loginHint of hints) {
      const session = await resume({ tenant: org.app().tenant, clientId: org.app().clientId, loginHint }, org.deps)
      expect(await ownerOf(session)).toBe(loginHint)
    }
    const other = resume({ tenant: org.app().tenant, loginHint: 'unknown@example.com' }, org.deps)
    await expect(other).rejects.toMatchObject({ code: 'login_required' })
  })

  it('uses only a sign-in by the grant that is given', async () => {
    await signInAs(0)
    const client = { tenant: org.app().tenant, clientId: org.app().clientId }
    expect((await resume({ ...client, grant: 'device_code' }, org.deps)).account?.login).toBe(user(0).login)
    for (const grant of ['client_credentials', 'api_token'] as const) {
      await expect(resume({ ...client, grant }, org.deps)).rejects.toMatchObject({ code: 'login_required' })
    }
  })
})

describe('a token in memory', () => {
  it('is not used more than a second after another process disconnects', async () => {
    await signInAs(0)
    const longLived = await resume({}, { ...org.deps, ...clock })
    await longLived.token()
    await (await resume({}, org.deps)).disconnect()
    advance(1.1)
    await expect(longLived.token()).rejects.toMatchObject({ code: 'login_required' })
    await expect(longLived.fetch('/api/v1/users/me')).rejects.toMatchObject({ code: 'login_required' })
  })

  it('is not renewed again when another process has renewed it', async () => {
    await signInAs(0)
    const [first, second] = [await resume({}, { ...org.deps, ...clock }), await resume({}, { ...org.deps, ...clock })]
    await Promise.all([first.token(), second.token()])
    const renewed = await second.token({ forceRefresh: true })
    advance(5)
    expect(await first.token({ forceRefresh: true })).toMatchObject({ value: renewed.value, source: 'store' })
  })

  it('is used without a long wait while the store does not respond', async () => {
    await signInAs(0)
    let isUnavailable = false
    const store = {
      ...org.deps.store,
      read: async (recordKey: string) =>
        isUnavailable ? await new Promise<never>(() => {}) : await org.deps.store.read(recordKey),
    }
    const session = await resume({}, { ...org.deps, ...clock, store })
    const { value } = await session.token()
    isUnavailable = true
    for (const _round of [1, 2, 3]) {
      advance(2)
      expect((await session.token()).value).toBe(value)
    }
  })
})
