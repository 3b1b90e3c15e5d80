import { readdir } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { connect, openSession, resume } from '../../src/index.js'
import { generateClientKey } from '../../src/keys/generate-client-key.js'
import { listLogins } from '../../src/session/logins.js'
import { dayMs, hourMs, useManagedKeys } from './use-managed-keys.test.support.js'

const shared = useManagedKeys()

describe('a session with managed keys', () => {
  it('gets a token with the first key at once', async () => {
    const keys = shared.open()
    const session = await connect(shared.options(keys), shared.deps())
    expect((await session.fetch('/api/v1/users?limit=1')).status).toBe(200)
    expect(session.grant).toBe('client_credentials')
    const state = await keys.state()
    expect(state.keys).toMatchObject([{ acceptedAt: new Date(shared.now), rejectedAt: undefined, isTriedFirst: true }])
    expect(state.nextKeyAt).toEqual(new Date(shared.now + 29 * dayMs))
  })

  it('never fails and keeps its record in three months of rotations', async () => {
    const keys = shared.open()
    const allDeps = shared.deps()
    const session = await connect(shared.options(keys), allDeps)
    const kids = new Set<string>()
    for (let hour = 0; hour < 91 * 24; hour += 6) {
      shared.pass(6 * hourMs)
      const state = await keys.rotateIfDue()
      kids.add(state.keys[0]?.kid ?? '')
      expect((await session.token({ forceRefresh: true })).source).toBe('grant')
    }
    expect(kids.size).toBe(4)
    expect(new Set(shared.outcomes())).toEqual(new Set(['ok']))
    expect(await listLogins(allDeps)).toHaveLength(1)
    expect((await keys.jwks()).keys).toHaveLength(2)
    const resumed = await resume({ managedKeys: keys }, allDeps)
    expect((await resumed.token({ forceRefresh: true })).source).toBe('grant')
  }, 120_000)

  it('uses the key before while Okta has not fetched the new one, and the new one later', async () => {
    const keys = shared.open()
    const session = await connect(shared.options(keys), shared.deps())
    const old = await keys.jwks()
    shared.published = async () => old
    shared.pass(29 * dayMs)
    await session.token({ forceRefresh: true })
    shared.pass(dayMs)
    shared.okta.clearRequests()
    await session.token({ forceRefresh: true })
    expect(shared.outcomes()).toEqual(['invalid_client', 'ok'])
    expect((await keys.state()).keys).toMatchObject([
      { acceptedAt: undefined, rejectedAt: new Date(shared.now), isTriedFirst: false },
      { isTriedFirst: true, lastAcceptedAt: new Date(shared.now) },
    ])

    // Within the hour, only the known key is used.
    shared.pass(10 * 60_000)
    await session.token({ forceRefresh: true })
    expect(shared.outcomes()).toEqual(['invalid_client', 'ok', 'ok'])
    shared.published = () => keys.jwks()
    shared.pass(2 * hourMs)
    await session.token({ forceRefresh: true })
    expect(shared.outcomes().slice(3)).toEqual(['ok'])
    expect((await keys.state()).keys).toMatchObject([{ acceptedAt: new Date(shared.now), rejectedAt: undefined }, {}])
    expect(((await keys.jwks()).keys as readonly unknown[]).length).toBe(2)
  })

  it('explains a rejection when Okta has fetched no key', async () => {
    const keys = shared.open()
    const { publicJwk } = await generateClientKey({ type: 'P-256' })
    shared.published = async () => ({ keys: [publicJwk] })
    await expect(connect(shared.options(keys), shared.deps())).rejects.toMatchObject({
      code: 'client_rejected',
      hint: expect.stringContaining('Use a URL to fetch keys dynamically'),
    })
    shared.pass(90 * dayMs)
    await keys.rotateIfDue()
    expect((await keys.state()).keys).toHaveLength(1)
  })

  it('revokes the token with a key that Okta has fetched', async () => {
    const session = await connect(shared.options(shared.open()), shared.deps())
    await session.disconnect()
    expect(shared.okta.requests.at(-1)).toMatchObject({ path: '/oauth2/v1/revoke', status: 200 })
  })

  it('opens without a request and without a key', async () => {
    const session = await openSession(shared.options(shared.open()), shared.deps())
    expect(await readdir(shared.home.path)).toEqual([])
    expect((await session.token()).source).toBe('grant')
  })

  it('replaces a key at once, and drops the old one as soon as Okta accepts the new one', async () => {
    const keys = shared.open()
    const session = await connect(shared.options(keys), shared.deps())
    const [old] = (await keys.state()).keys
    const before = await keys.jwks()
    shared.published = async () => before
    shared.pass(hourMs)
    const [replacement] = (await keys.replaceNow()).keys
    expect(replacement).toMatchObject({ usableFrom: new Date(shared.now), isTriedFirst: true })
    shared.okta.clearRequests()
    await session.token({ forceRefresh: true })
    expect(shared.outcomes()).toEqual(['invalid_client', 'ok'])
    expect((await keys.jwks()).keys).toHaveLength(2)

    shared.published = () => keys.jwks()
    shared.pass(hourMs)
    await session.token({ forceRefresh: true })
    expect(shared.outcomes().slice(2)).toEqual(['ok'])
    shared.pass(60_000)
    expect((await keys.jwks()).keys.map(({ kid }) => kid)).toEqual([replacement?.kid])
    expect((await keys.state()).keys).toMatchObject([{ kid: replacement?.kid, acceptedAt: expect.any(Date) }])
    expect((await shared.open().candidates()).map(({ keyId }) => keyId)).not.toContain(old?.kid)
  })

  it('confirms a replacement of another process by a forced refresh', async () => {
    const [one, other] = [shared.open(), shared.open()]
    const session = await connect(shared.options(other), shared.deps())
    const [replacement] = (await one.replaceNow()).keys
    shared.pass(hourMs)
    expect((await other.state()).keys).toMatchObject([{ kid: replacement?.kid, acceptedAt: undefined }, {}])
    shared.okta.clearRequests()
    await session.token({ forceRefresh: true })
    expect(shared.outcomes()).toEqual(['ok'])
    for (const keys of [one, other]) {
      expect((await keys.state()).keys).toMatchObject([{ kid: replacement?.kid, acceptedAt: new Date(shared.now) }])
    }
    expect((await other.jwks()).keys).toHaveLength(1)
  })

  it('replaces a key that Okta never accepted, and keeps the one that it accepted', async () => {
    const keys = shared.open()
    const first = await connect(shared.options(keys), shared.deps())
    shared.pass(29 * dayMs)
    await keys.rotateIfDue()
    const { keys: after } = await keys.replaceNow()
    expect(after).toMatchObject([{ isTriedFirst: true }, { acceptedAt: expect.any(Date) }])
    await first.token({ forceRefresh: true })
  })

  it('excludes another key or secret', async () => {
    await expect(
      connect({ ...shared.options(shared.open()), clientSecret: 'a-secret' }, shared.deps()),
    ).rejects.toMatchObject({
      code: 'options_invalid',
    })
  })
})
