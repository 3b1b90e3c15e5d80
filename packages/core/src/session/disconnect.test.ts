import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { useServiceOrg } from '../../test/support/service-org.test.support.js'
import { connect, resume } from '../index.js'
import type { TokenStore } from '../stores/token-store.js'
import { listLogins } from './logins.js'

const org = useServiceOrg()

describe('disconnect', () => {
  it('revokes the token and removes the sign-in for every session of the store', async () => {
    const session = await connect(org.app(), org.deps)
    const { value } = await session.token()
    await session.disconnect()
    const response = await fetch(new URL('/api/v1/users', org.okta.orgUrl), {
      headers: { authorization: `Bearer ${value}` },
    })
    expect(response.status).toBe(401)
    await expect(session.token()).rejects.toMatchObject({ code: 'login_required' })
    await expect(resume({}, org.deps)).rejects.toMatchObject({ code: 'login_required' })
    await session.disconnect()
    expect(org.notices).toEqual([])
  })

  it('removes the sign-in and reports revocation_failed when the client key is missing', async () => {
    await connect(org.app(), org.deps)
    await (await resume({}, org.deps)).disconnect()
    expect(org.notices).toEqual([{ code: 'revocation_failed', message: expect.stringContaining('not revoked') }])
    expect(await listLogins(org.deps)).toEqual([])
  })
})

describe('disconnect during a request', () => {
  it('rejects pending token calls and leaves no stored token', async () => {
    const session = await connect(org.app(), org.deps)
    const slowStore: TokenStore = {
      ...org.deps.store,
      async read(recordKey) {
        await sleep(30)
        return await org.deps.store.read(recordKey)
      },
    }
    const slow = await resume({ jsonWebKey: org.app().jsonWebKey }, { ...org.deps, store: slowStore })
    const first = slow.token()
    const second = slow.token({ forceRefresh: true })
    const outcomes = [first, second].map(pending =>
      pending.then(
        () => 'a token',
        error => error.code,
      ),
    )
    await slow.disconnect()
    expect(await Promise.all(outcomes)).toEqual(['login_required', 'login_required'])
    expect(await listLogins(org.deps)).toEqual([])
    expect(session.clientId).toBe(slow.clientId)
  })
})

describe('an abort signal', () => {
  it('does not end the session after connect has resolved', async () => {
    const controller = new AbortController()
    const session = await connect({ ...org.app(), signal: controller.signal }, org.deps)
    controller.abort()
    expect((await session.token({ forceRefresh: true })).source).toBe('grant')
    await session.disconnect()
    expect(org.notices).toEqual([])
  })

  it('cancels only the token call that it is passed to', async () => {
    const session = await connect(org.app(), org.deps)
    const aborted = session.token({ forceRefresh: true, signal: AbortSignal.abort() })
    const pending = session.token({ forceRefresh: true })
    await expect(aborted).rejects.toMatchObject({ code: 'cancelled' })
    expect((await pending).source).toBe('grant')
  })

  it('cancels connect before and during a request', async () => {
    await expect(connect({ ...org.app(), signal: AbortSignal.abort() }, org.deps)).rejects.toMatchObject({
      code: 'cancelled',
    })
    const controller = new AbortController()
    const slow = ((...input: Parameters<typeof fetch>) => {
      queueMicrotask(() => controller.abort())
      return fetch(...input)
    }) satisfies typeof fetch
    const attempt = connect({ ...org.app(), signal: controller.signal }, { ...org.deps, fetch: slow })
    await expect(attempt).rejects.toMatchObject({ code: 'cancelled' })
    expect(await listLogins(org.deps)).toEqual([])
  })
})
