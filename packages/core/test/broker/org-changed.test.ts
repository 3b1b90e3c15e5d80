import { describe, expect, it } from 'vitest'
import { connect, resume } from '../../src/index.js'
import { listLogins } from '../../src/session/logins.js'
import { useBroker } from './use-broker.test.support.js'

const shared = useBroker()
const error = {
  code: 'options_invalid',
  message: expect.stringMatching(/now belongs to b\.okta\.com.*belongs to 127/),
  hint: expect.stringContaining('force a new sign-in'),
}
const orgsOfStore = async () => (await listLogins(shared.deps)).map(({ orgUrl }) => orgUrl)

function nameOtherOrg({ isWithheld = false } = {}): void {
  shared.broker.intercept = ({ path }, response) => {
    if (path !== '/oauth2/token') return false
    const named = { connection: 'users', org_url: 'https://b.okta.com' }
    const body = isWithheld
      ? { error: 'invalid_target', ...named, proxy: `${shared.broker.url}/proxy/users` }
      : { access_token: 'of-b', token_type: 'Bearer', expires_in: 3600, ...named }
    response.writeHead(isWithheld ? 400 : 200, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    return true
  }
}

describe('a sign-in at a broker that names another org', () => {
  it.each([
    ['renewed', {}],
    ['withheld', { isWithheld: true }],
  ])('keeps its record, until a new sign-in is forced, when the token is %s', async (_how, named) => {
    let now = Date.now()
    const deps = { ...shared.deps, now: () => now }
    const session = await connect(shared.payroll(), deps)
    const org = session.orgUrl.origin
    nameOtherOrg(named)
    await expect(session.token({ forceRefresh: true })).rejects.toMatchObject(error)
    // The stored token is still valid, and is of the first org.
    const again = await connect(shared.payroll(), deps)
    expect((await again.fetch('/api/v1/users?limit=1')).status).toBe(200)
    now += 2 * 60 * 60_000
    await expect(connect(shared.payroll(), deps)).rejects.toMatchObject(error)
    await expect(connect(shared.payroll(), deps)).rejects.toMatchObject(error)
    expect(await orgsOfStore()).toEqual([org])

    const forced = await connect({ ...shared.payroll(), forceLogin: true }, deps)
    expect(forced.orgUrl.origin).toBe('https://b.okta.com')
    expect((await connect(shared.payroll(), deps)).orgUrl.origin).toBe('https://b.okta.com')
    expect(await orgsOfStore()).not.toContain(org)
  })

  it('uses the other org after a sign-out', async () => {
    await (await connect(shared.payroll(), shared.deps)).disconnect()
    nameOtherOrg()
    expect((await connect(shared.payroll(), shared.deps)).orgUrl.origin).toBe('https://b.okta.com')
  })

  it.each(['opened', 'resumed'])('sends no request of the session that was %s to the other org', async how => {
    let elapsedMs = 0
    const deps = { ...shared.deps, monotonicNow: () => elapsedMs }
    const first = await connect(shared.payroll(), deps)
    const { broker: url, clientId, clientSecret } = shared.payroll()
    const session = how === 'opened' ? first : await resume({ broker: url, clientId, clientSecret }, deps)
    nameOtherOrg()
    await expect(session.token({ forceRefresh: true })).rejects.toMatchObject(error)
    await connect({ ...shared.payroll(), forceLogin: true }, deps)
    elapsedMs += 2_000
    await expect(session.token()).rejects.toMatchObject(error)
    await expect(session.fetch('/api/v1/users/00u1', { method: 'DELETE' })).rejects.toMatchObject(error)
    await expect(session.authorization('GET', '/api/v1/users')).rejects.toMatchObject(error)
    expect(session.orgUrl.origin).toBe(shared.org.okta.orgUrl.origin)
  })
})
