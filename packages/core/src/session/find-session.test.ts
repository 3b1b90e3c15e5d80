import { describe, expect, it } from 'vitest'
import { useServiceOrg } from '../../test/support/service-org.test.support.js'
import { connect, findSession, resume } from '../index.js'
import type { TokenStore } from '../stores/token-store.js'
import { listLogins } from './logins.js'

const org = useServiceOrg()

/** A store that records which keys are read. */
function recordingStore(reads: string[]): TokenStore {
  return {
    ...org.deps.store,
    async read(recordKey) {
      reads.push(recordKey)
      return await org.deps.store.read(recordKey)
    },
  }
}

describe('findSession', () => {
  it('returns undefined when no stored sign-in matches', async () => {
    expect(await findSession({}, org.deps)).toBeUndefined()
    await connect(org.app(), org.deps)
    expect(await findSession({ clientId: 'another' }, org.deps)).toBeUndefined()
  })

  it('returns a session with the stored token when a sign-in matches', async () => {
    const connected = await connect(org.app(), org.deps)
    org.okta.clearRequests()
    const found = await findSession({ tenant: connected.orgUrl, clientId: org.app().clientId }, org.deps)
    const token = await found?.token()
    expect(token).toMatchObject({ value: (await connected.token()).value, source: 'store' })
    expect(org.okta.requests).toEqual([])
  })

  it('rejects invalid options as resume does', async () => {
    await expect(findSession({ tenant: '' }, org.deps)).rejects.toMatchObject({ code: 'options_invalid' })
  })
})

describe('the first token of a session that continues a stored sign-in', () => {
  it('does not read the record again when it is requested at once', async () => {
    await connect(org.app(), org.deps)
    const [login] = await listLogins(org.deps)
    const reads: string[] = []
    const session = await resume({}, { ...org.deps, store: recordingStore(reads) })
    expect((await session.token()).source).toBe('store')
    expect(reads.filter(key => key === login?.recordKey)).toHaveLength(1)
  })

  it('reads the record again when it is requested later', async () => {
    let now = 0
    const session = await connect(org.app(), org.deps)
    const continued = await resume({}, { ...org.deps, monotonicNow: () => now })
    await session.disconnect()
    now += 5_000
    await expect(continued.token()).rejects.toMatchObject({ code: 'key_required' })
  })
})
