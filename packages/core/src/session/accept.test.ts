import { describe, expect, it } from 'vitest'
import { Person } from '../../test/support/person.test.support.js'
import { type AccountSetting, inTwoAccounts, withoutIdToken } from '../../test/support/two-accounts.test.support.js'
import { connect, openSession, resume } from '../index.js'
import { listLogins } from './logins.js'

let { okta, app, deps, clocks, pass, user, signInAs } = {} as AccountSetting
inTwoAccounts([], setting => {
  ;({ okta, app, deps, clocks, pass, user, signInAs } = setting)
})

const isAda = ({ login }: { login: string | undefined }) => login === user(0).login
const never = { openBrowser: () => Promise.reject(new Error('the browser was opened')) }

describe('accept', () => {
  it('keeps a session that was opened for one account from the token of another', async () => {
    await signInAs(1)
    const choosy = await openSession({ ...app(), accept: isAda }, { ...deps, ...clocks, ...never })
    await expect(choosy.token()).rejects.toMatchObject({ code: 'login_required' })
    await expect(resume({ accept: isAda }, deps)).rejects.toMatchObject({ code: 'login_required' })
    await signInAs(0)
    expect((await choosy.token()).account?.login).toBe(user(0).login)
    await signInAs(1)
    pass(5)
    await expect(choosy.token()).rejects.toMatchObject({ code: 'login_required' })
  })

  it('is asked about a token whose refresh returned no ID token', async () => {
    await connect(app(), { ...deps, openBrowser: new Person(okta, user(1)).openBrowser })
    await (await resume({}, { ...deps, fetch: withoutIdToken })).token({ forceRefresh: true })
    const choosy = await openSession({ ...app(), accept: isAda }, { ...deps, ...never })
    await expect(choosy.token()).rejects.toMatchObject({ code: 'login_required' })
  })

  it('refuses a record that names no account', async () => {
    await signInAs(0)
    for await (const { recordKey } of deps.store.list()) {
      await deps.store.exclusive(recordKey, async slot => {
        const record = await slot.read()
        if (record?.kind !== 'token') throw new Error('there is no token')
        const { account: _named, ...rest } = record
        await slot.write(rest)
      })
    }
    const choosy = await openSession({ ...app(), accept: () => true }, { ...deps, ...never })
    await expect(choosy.token()).rejects.toMatchObject({ code: 'login_required' })
  })

  it('revokes the token of a sign-in that it refuses, and stores nothing', async () => {
    await expect(signInAs(1, { accept: isAda })).rejects.toMatchObject({
      code: 'login_denied',
      message: expect.stringContaining(user(1).login),
    })
    expect(await listLogins(deps)).toEqual([])
    expect(okta.requests.filter(({ path }) => path.endsWith('/revoke')).map(({ status }) => status)).toEqual([200, 200])
  })
})
