import { describe, expect, it } from 'vitest'
import { useServiceOrg } from '../../test/support/service-org.test.support.js'
import { connect, OktaConnectError } from '../index.js'
import type { TokenStore } from '../stores/token-store.js'
import { listLogins } from './logins.js'

const org = useServiceOrg()

describe('a session', () => {
  it('does not use a token of another sign-in that is stored under its key', async () => {
    await connect(org.app(), org.deps)
    const [expected] = await listLogins(org.deps)
    await connect(org.app(2), org.deps)
    const [other] = await listLogins(org.deps)
    const record = await org.deps.store.read(other?.recordKey ?? '')
    if (record === undefined) throw new Error('no record')
    await org.deps.store.exclusive(expected?.recordKey ?? '', slot => slot.write(record))
    org.okta.clearRequests()
    const session = await connect(org.app(), org.deps)
    expect(org.okta.requests).toHaveLength(1)
    expect(await session.token()).not.toMatchObject({ value: record.kind === 'token' && record.accessToken })
  })

  it('keeps a new token when the store cannot write it', async () => {
    let isFull = false
    const store: TokenStore = {
      ...org.deps.store,
      exclusive: (recordKey, use, signal) =>
        org.deps.store.exclusive(
          recordKey,
          slot =>
            use({
              ...slot,
              async write(record) {
                if (isFull)
                  throw new OktaConnectError('store_failed', 'The disk is full.', { hint: 'Free disk space.' })
                await slot.write(record)
              },
            }),
          signal,
        ),
    }
    const session = await connect(org.app(), { ...org.deps, store })
    isFull = true
    await expect(session.token({ forceRefresh: true })).rejects.toMatchObject({ code: 'store_failed' })
    isFull = false
    expect((await session.token({ forceRefresh: true })).source).toBe('store')
    expect(org.okta.requests).toHaveLength(2)
  })

  it('uses the default store when none is given', async () => {
    const session = await connect(org.app(), { store: undefined as never })
    expect((await session.token()).value).toMatch(/\w/)
    await session.disconnect()
  })
})
