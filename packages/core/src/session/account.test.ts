import { decodeJwt } from 'jose'
import { describe, expect, it } from 'vitest'
import { Person } from '../../test/support/person.test.support.js'
import { type AccountSetting, inTwoAccounts, withoutIdToken } from '../../test/support/two-accounts.test.support.js'
import { connect, type Notice, type OktaSession, resume } from '../index.js'
import { listLogins } from './logins.js'

const notices: Notice[] = []
let { okta, app, deps, clocks, pass, user, signInAs } = {} as AccountSetting
inTwoAccounts(notices, setting => {
  ;({ okta, app, deps, clocks, pass, user, signInAs } = setting)
})

async function ownerOf(session: OktaSession): Promise<string> {
  const answer = await session.fetch('/api/v1/users/me')
  const { profile } = (await answer.json()) as { profile: { login: string } }
  return profile.login
}

describe('the account of a session', () => {
  it('is the one that signed in, named by user name without asking for more scopes', async () => {
    const session = await signInAs(0)
    expect(session.account).toEqual({
      sub: expect.stringMatching(/^00u/),
      login: user(0).login,
      email: undefined,
      name: 'Ada Lovelace',
    })
    expect((await session.token()).account).toEqual(session.account)
    expect(await listLogins(deps)).toMatchObject([{ account: { login: user(0).login } }])
    expect((await resume({}, deps)).account).toEqual(session.account)
  })

  it('is named in a notice when it is not the one of the login hint', async () => {
    const hints = [
      [user(0).login, 0],
      [user(0).login.toUpperCase(), 0],
      ['ada.lovelace', 0],
      [user(1).login, 1],
    ] as const
    for (const [loginHint, count] of hints) {
      notices.length = 0
      await signInAs(0, { loginHint })
      const told = notices.filter(({ code }) => code === 'account_differs')
      expect(told).toHaveLength(count)
      if (count > 0) expect(told[0]?.message).toBe(`Signed in as ${user(0).login}, not as ${user(1).login}.`)
    }
  })

  it('stays known when a refresh returns no ID token', async () => {
    const session = await connect(app(), { ...deps, openBrowser: new Person(okta).openBrowser })
    const { account } = session
    const renewing = await resume({}, { ...deps, fetch: withoutIdToken })
    const token = await renewing.token({ forceRefresh: true })
    expect(token).toMatchObject({ source: 'refresh', account, idToken: expect.any(String) })
    expect(await listLogins(deps)).toMatchObject([{ account }])
  })

  it('is not changed by a refresh: an answer for another subject is refused', async () => {
    const other = await signInAs(1)
    const stolen = (await other.token()).idToken ?? ''
    expect(decodeJwt(stolen).sub).toBe(other.account?.sub)
    await signInAs(0)
    const renewing = await resume(
      {},
      {
        ...deps,
        fetch: async (input, init) => {
          const response = await fetch(input, init)
          if (!String(input).endsWith('/token')) return response
          return Response.json(
            { ...((await response.json()) as object), id_token: stolen },
            { status: response.status },
          )
        },
      },
    )
    await expect(renewing.token({ forceRefresh: true })).rejects.toMatchObject({ code: 'token_response_invalid' })
  })
})

describe('a session whose store another account signs in to', () => {
  it('keeps to its account: it asks for a sign-in and does not touch the other one', async () => {
    await signInAs(0)
    const ours = await resume({}, { ...deps, ...clocks })
    expect(await ownerOf(ours)).toBe(user(0).login)
    const theirs = await signInAs(1)
    pass(5)
    await expect(ours.token()).rejects.toMatchObject({ code: 'login_required' })
    await expect(ours.fetch('/api/v1/users/me')).rejects.toMatchObject({ code: 'login_required' })
    await expect(ours.token({ forceRefresh: true })).rejects.toMatchObject({ code: 'login_required' })
    await ours.disconnect()
    expect(await ownerOf(theirs)).toBe(user(1).login)
    expect(await listLogins(deps)).toMatchObject([{ account: { login: user(1).login } }])
  })

  it('asks no user to sign in instead, also where it could', async () => {
    const ours = await signInAs(0)
    await signInAs(1)
    pass(5)
    const refused = { code: 'login_required', message: expect.stringContaining('Another account is signed in') }
    await expect(ours.token()).rejects.toMatchObject(refused)
    expect(await listLogins(deps)).toMatchObject([{ account: { login: user(1).login } }])
  })

  it('does not use the other token after a 401', async () => {
    await signInAs(0)
    const ours = await resume({}, { ...deps, ...clocks })
    const { value } = await ours.token()
    await signInAs(1)
    // Ended at Okta only: this session has not looked at the store yet.
    const revocation = await fetch(new URL('/oauth2/v1/revoke', okta.orgUrl), {
      method: 'POST',
      body: new URLSearchParams({ token: value, client_id: app().clientId }),
    })
    expect(revocation.status).toBe(200)
    await expect(ours.fetch('/api/v1/users/me')).rejects.toMatchObject({ code: 'login_required' })
  })

  it('uses the newer sign-in of the same account', async () => {
    await signInAs(0)
    const ours = await resume({}, { ...deps, ...clocks })
    await ours.token()
    const newer = await signInAs(0)
    pass(5)
    expect((await ours.token()).value).toBe((await newer.token()).value)
  })
})

describe('resume', () => {
  it('uses only the sign-in with the login hint that is given', async () => {
    const hints = [user(0).login, user(1).login]
    for (const [index, loginHint] of hints.entries()) await signInAs(index, { loginHint })
    for (const loginHint of hints) {
      const session = await resume({ tenant: app().tenant, clientId: app().clientId, loginHint }, deps)
      expect(await ownerOf(session)).toBe(loginHint)
    }
    const other = resume({ tenant: app().tenant, loginHint: 'unknown@example.com' }, deps)
    await expect(other).rejects.toMatchObject({ code: 'login_required' })
  })

  it('uses only a sign-in by the grant that is given', async () => {
    await signInAs(0)
    const which = { tenant: app().tenant, clientId: app().clientId }
    expect((await resume({ ...which, grant: 'device_code' }, deps)).account?.login).toBe(user(0).login)
    for (const grant of ['client_credentials', 'api_token'] as const) {
      await expect(resume({ ...which, grant }, deps)).rejects.toMatchObject({ code: 'login_required' })
    }
  })
})

describe('a token in memory', () => {
  it('is no longer used within a second of a logout by another process', async () => {
    await signInAs(0)
    const longLived = await resume({}, { ...deps, ...clocks })
    await longLived.token()
    await (await resume({}, deps)).disconnect()
    pass(1.1)
    await expect(longLived.token()).rejects.toMatchObject({ code: 'login_required' })
    await expect(longLived.fetch('/api/v1/users/me')).rejects.toMatchObject({ code: 'login_required' })
  })

  it('is not renewed once more when another process has renewed it since', async () => {
    await signInAs(0)
    const [one, other] = [await resume({}, { ...deps, ...clocks }), await resume({}, { ...deps, ...clocks })]
    await Promise.all([one.token(), other.token()])
    const renewed = await other.token({ forceRefresh: true })
    pass(5)
    expect(await one.token({ forceRefresh: true })).toMatchObject({ value: renewed.value, source: 'store' })
  })

  it('is still used while the store cannot be read, without a long wait', async () => {
    await signInAs(0)
    let isAway = false
    const store = {
      ...deps.store,
      read: async (recordKey: string) =>
        isAway ? await new Promise<never>(() => {}) : await deps.store.read(recordKey),
    }
    const session = await resume({}, { ...deps, ...clocks, store })
    const { value } = await session.token()
    isAway = true
    for (const _round of [1, 2, 3]) {
      pass(2)
      expect((await session.token()).value).toBe(value)
    }
  })
})
