import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { inServiceOrg, type ServiceSetting } from '../../test/support/service-app.test.support.js'
import { connect, type Notice, resume } from '../index.js'
import type { TokenStore } from '../stores/token-store.js'
import { listLogins } from './logins.js'

const notices: Notice[] = []
let { okta, deps, serviceApp } = {} as ServiceSetting
inServiceOrg(notices, setting => {
  ;({ okta, deps, serviceApp } = setting)
})

describe('disconnect', () => {
  it('revokes at Okta and forgets here, for every session of the store', async () => {
    const session = await connect(serviceApp(), deps)
    const { value } = await session.token()
    await session.disconnect()
    const answer = await fetch(new URL('/api/v1/users', okta.orgUrl), { headers: { authorization: `Bearer ${value}` } })
    expect(answer.status).toBe(401)
    await expect(session.token()).rejects.toMatchObject({ code: 'login_required' })
    await expect(resume({}, deps)).rejects.toMatchObject({ code: 'login_required' })
    await session.disconnect()
    expect(notices).toEqual([])
  })

  it('forgets also when the key to revoke with is not at hand, and says that the token lives on', async () => {
    await connect(serviceApp(), deps)
    await (await resume({}, deps)).disconnect()
    expect(notices).toEqual([{ code: 'revocation_failed', message: expect.stringContaining('not revoked') }])
    expect(await listLogins(deps)).toEqual([])
  })
})

describe('disconnect during a request', () => {
  it('gives no token to anybody, and leaves none behind', async () => {
    const session = await connect(serviceApp(), deps)
    const slowStore: TokenStore = {
      ...deps.store,
      async read(recordKey) {
        await sleep(30)
        return await deps.store.read(recordKey)
      },
    }
    const slow = await resume({ jsonWebKey: serviceApp().jsonWebKey }, { ...deps, store: slowStore })
    const first = slow.token()
    const joined = slow.token({ forceRefresh: true })
    const ends = [first, joined].map(one =>
      one.then(
        () => 'a token',
        error => error.code,
      ),
    )
    await slow.disconnect()
    expect(await Promise.all(ends)).toEqual(['login_required', 'login_required'])
    expect(await listLogins(deps)).toEqual([])
    expect(session.clientId).toBe(slow.clientId)
  })
})

describe('giving up', () => {
  it('ends the connecting, not the session', async () => {
    const abort = new AbortController()
    const session = await connect({ ...serviceApp(), signal: abort.signal }, deps)
    abort.abort()
    expect((await session.token({ forceRefresh: true })).source).toBe('grant')
    await session.disconnect()
    expect(notices).toEqual([])
  })

  it('ends one wait for a token, not those of others', async () => {
    const session = await connect(serviceApp(), deps)
    const impatient = session.token({ forceRefresh: true, signal: AbortSignal.abort() })
    const patient = session.token({ forceRefresh: true })
    await expect(impatient).rejects.toMatchObject({ code: 'cancelled' })
    expect((await patient).source).toBe('grant')
  })

  it('ends with cancelled, before and while asking', async () => {
    await expect(connect({ ...serviceApp(), signal: AbortSignal.abort() }, deps)).rejects.toMatchObject({
      code: 'cancelled',
    })
    const abort = new AbortController()
    const slow = ((...input: Parameters<typeof fetch>) => {
      queueMicrotask(() => abort.abort())
      return fetch(...input)
    }) satisfies typeof fetch
    const attempt = connect({ ...serviceApp(), signal: abort.signal }, { ...deps, fetch: slow })
    await expect(attempt).rejects.toMatchObject({ code: 'cancelled' })
    expect(await listLogins(deps)).toEqual([])
  })
})
