import { describe, expect, it } from 'vitest'
import { rejectBrowser, TestUser } from '../../test/support/sign-in-org.test.support.js'
import { useTwoAccounts, withoutIdToken } from '../../test/support/two-accounts.test.support.js'
import { connect, openSession, resume } from '../index.js'
import { listLogins } from './logins.js'

const { org, clock, advance, user, signInAs } = useTwoAccounts()

const isAda = ({ login }: { login: string | undefined }) => login === user(0).login
const withoutBrowser = { openBrowser: rejectBrowser }

describe('accept', () => {
  it('prevents a session of one account from using the token of another', async () => {
    await signInAs(1)
    const session = await openSession({ ...org.app(), accept: isAda }, { ...org.deps, ...clock, ...withoutBrowser })
    await expect(session.token()).rejects.toMatchObject({ code: 'login_required' })
    await expect(resume({ accept: isAda }, org.deps)).rejects.toMatchObject({ code: 'login_required' })
    await signInAs(0)
    expect((await session.token()).account?.login).toBe(user(0).login)
    await signInAs(1)
    advance(5)
    await expect(session.token()).rejects.toMatchObject({ code: 'login_required' })
  })

  it('is called for a token whose refresh returned no ID token', async () => {
    await connect(org.app(), { ...org.deps, openBrowser: new TestUser(org.okta, user(1)).openBrowser })
    await (await resume({}, { ...org.deps, fetch: withoutIdToken })).token({ forceRefresh: true })
    const session = await openSession({ ...org.app(), accept: isAda }, { ...org.deps, ...withoutBrowser })
    await expect(session.token()).rejects.toMatchObject({ code: 'login_required' })
  })

  it('rejects a record without an account', async () => {
    await signInAs(0)
    for await (const { recordKey } of org.deps.store.list()) {
      await org.deps.store.exclusive(recordKey, async slot => {
        const record = await slot.read()
        if (record?.kind !== 'token') throw new Error('the record is not a token')
        const { account: _removed, ...rest } = record
        await slot.write(rest)
      })
    }
    const session = await openSession({ ...org.app(), accept: () => true }, { ...org.deps, ...withoutBrowser })
    await expect(session.token()).rejects.toMatchObject({ code: 'login_required' })
  })

  it('revokes the token of a rejected sign-in and stores nothing', async () => {
    await expect(signInAs(1, { accept: isAda })).rejects.toMatchObject({
      code: 'login_denied',
      message: expect.stringContaining(user(1).login),
    })
    expect(await listLogins(org.deps)).toEqual([])
    expect(org.okta.requests.filter(({ path }) => path.endsWith('/revoke')).map(({ status }) => status)).toEqual([
      200, 200,
    ])
  })
})
