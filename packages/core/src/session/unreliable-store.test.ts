import { describe, expect, it } from 'vitest'
import { inServiceOrg, type ServiceSetting } from '../../test/support/service-app.test.support.js'
import { connect, type Notice, OktaConnectError } from '../index.js'
import type { TokenStore } from '../stores/token-store.js'
import { listLogins } from './logins.js'

const notices: Notice[] = []
let { okta, deps, serviceApp } = {} as ServiceSetting
inServiceOrg(notices, setting => {
  ;({ okta, deps, serviceApp } = setting)
})

describe('a store that is not what it was', () => {
  it('never gives a token of another login, whatever is written under its key', async () => {
    await connect(serviceApp(), deps)
    const [own] = await listLogins(deps)
    await connect(serviceApp(2), deps)
    const [foreign] = await listLogins(deps)
    const record = await deps.store.read(foreign?.recordKey ?? '')
    if (record === undefined) throw new Error('no record')
    await deps.store.exclusive(own?.recordKey ?? '', slot => slot.write(record))
    okta.clearRequests()
    const session = await connect(serviceApp(), deps)
    expect(okta.requests).toHaveLength(1)
    expect(await session.token()).not.toMatchObject({ value: record.kind === 'token' && record.accessToken })
  })

  it('loses no token that it cannot keep', async () => {
    let isFull = false
    const store: TokenStore = {
      ...deps.store,
      exclusive: (recordKey, use, signal) =>
        deps.store.exclusive(
          recordKey,
          slot =>
            use({
              ...slot,
              async write(record) {
                if (isFull) throw new OktaConnectError('store_failed', 'full', { hint: 'make room' })
                await slot.write(record)
              },
            }),
          signal,
        ),
    }
    const session = await connect(serviceApp(), { ...deps, store })
    isFull = true
    await expect(session.token({ forceRefresh: true })).rejects.toMatchObject({ code: 'store_failed' })
    isFull = false
    expect((await session.token({ forceRefresh: true })).source).toBe('store')
    expect(okta.requests).toHaveLength(2)
  })

  it('is the one of the process when none is given', async () => {
    const session = await connect(serviceApp(), { store: undefined as never })
    expect((await session.token()).value).toMatch(/\w/)
    await session.disconnect()
  })
})
