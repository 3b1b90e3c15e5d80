import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest'
import { run } from '../support/program.js'
import { linesOf } from '../support/requests.js'
import { startTlsOrg, type TlsOrg } from '../support/tls-org.js'

const program = fileURLToPath(new URL('./okta-sdk-nodejs.mjs', import.meta.url))
const scopes = ['okta.users.manage', 'okta.groups.manage', 'okta.apps.manage', 'okta.logs.read']

describe.skipIf(inject('systemNeeds').openssl === undefined)('@okta/okta-sdk-nodejs', () => {
  let org: TlsOrg
  beforeAll(async () => {
    org = await startTlsOrg({
      clients: [
        { kind: 'service', scopes },
        { kind: 'service', scopes, dpop: true },
      ],
    })
  })
  afterEach(() => org.okta.reset())
  afterAll(() => org?.[Symbol.asyncDispose]())

  /** Runs examples of the README. Its org URL ends in a slash. */
  async function runExamples(configuration: object, ...names: readonly string[]) {
    const input = JSON.stringify({ configuration: { orgUrl: org.okta.orgUrl.href, ...configuration }, names })
    // Without the folder of the user, which may have a configuration of the SDK.
    const env = { ...org.trust, HOME: org.folder }
    const { stdout, stderr } = await run({ command: [process.execPath, program], env, input })
    expect(stderr).toBe('')
    return JSON.parse(stdout)
  }

  const byToken = () => ({ token: org.okta.apiTokens[0]?.value })

  function byKey(dpop: boolean, changes: object = {}) {
    const { clientId, jwk } = org.okta.client('service', { dpop })
    return { authorizationMode: 'PrivateKey', clientId, scopes, privateKey: jwk, keyId: jwk?.kid, ...changes }
  }

  it('lists all users when it has an API token and a URL with a slash at the end', async () => {
    const { listUsers, iterateUsers } = await runExamples(byToken(), 'listUsers', 'iterateUsers')
    expect(listUsers).toHaveLength(28)
    expect(iterateUsers).toEqual(listUsers)
    // It sends two slashes, which the log of the emulator does not show.
    expect(linesOf(org.okta.requests)).toEqual(Array(4).fill('GET /api/v1/users 200'))
  })

  it('lists all users with a key', async () => {
    const { listUsers } = await runExamples(byKey(false), 'listUsers')
    expect(listUsers).toHaveLength(28)
    expect(org.okta.requests).toMatchObject([
      { path: '/oauth2/v1/token', hasDpopProof: true, status: 200 },
      { path: '/api/v1/users', authorizationScheme: 'bearer', hasDpopProof: false, status: 200 },
    ])
  })

  it('lists all users with a key when the app requires DPoP', async () => {
    const { listUsers } = await runExamples(byKey(true), 'listUsers')
    expect(listUsers).toHaveLength(28)
    expect(org.okta.requests).toMatchObject([
      { path: '/oauth2/v1/token', hasDpopProof: true, status: 400, error: 'use_dpop_nonce' },
      { path: '/oauth2/v1/token', hasDpopProof: true, status: 200 },
      { path: '/api/v1/users', authorizationScheme: 'dpop', hasDpopProof: true, status: 200 },
    ])
  })

  it('creates, gets, updates, deactivates and deletes a user', async () => {
    const { users } = await runExamples(byKey(false), 'users')
    expect(users).toEqual({
      created: 'ACTIVE',
      sameUser: true,
      nickName: 'rob',
      deactivated: 'DEPROVISIONED',
      afterwards: { error: expect.objectContaining({ status: 404, errorCode: 'E0000007' }) },
    })
  })

  it('searches and filters users', async () => {
    const { search } = await runExamples(byToken(), 'search')
    expect(search).toMatchObject({
      q: ['grace.hopper@example.com'],
      search: [],
      searchByName: ['grace.hopper@example.com'],
      filterByLogin: ['grace.hopper@example.com'],
      wrongFilter: { error: { status: 400, errorCode: 'E0000031' } },
    })
    expect(search.filter).toHaveLength(28)
  })

  it('creates a group, adds a user to it, and lists both', async () => {
    const { groups } = await runExamples(byToken(), 'groups')
    const members = ['grace.hopper@example.com']
    expect(groups).toEqual({ type: 'OKTA_GROUP', members, names: ['Everyone', 'Admin Users Group'] })
  })

  it('creates, finds, deactivates and deletes an app', async () => {
    const { applications } = await runExamples(byToken(), 'applications')
    expect(applications).toMatchObject({
      name: 'oidc_client',
      status: 'ACTIVE',
      labels: ['Sample Client'],
      forbidden: { error: { status: 403, errorCode: 'E0000056' } },
    })
  })

  it('reads the system log, but is rejected with a date that it does not convert to ISO 8601', async () => {
    const { users, logs, logsWithDate } = await runExamples(byToken(), 'users', 'logs', 'logsWithDate')
    expect(users.error).toBeUndefined()
    expect(logs).toEqual(expect.arrayContaining(['user.lifecycle.create', 'user.lifecycle.deactivate']))
    expect(logsWithDate.error).toMatchObject({ status: 400, errorCode: 'E0000001' })
  })

  it('is rejected when the token, the key, the scope or the user is unknown', async () => {
    const unknownToken = await runExamples({ token: 'unknown' }, 'listUsers')
    expect(unknownToken.listUsers.error).toMatchObject({ status: 401, errorCode: 'E0000011' })
    const { jwk } = org.okta.client('service', { dpop: true })
    const wrongKey = await runExamples(byKey(false, { privateKey: jwk, keyId: jwk?.kid }), 'listUsers')
    expect(wrongKey.listUsers.error).toBeDefined()
    expect(org.okta.requests).toContainEqual(expect.objectContaining({ status: 401, error: 'invalid_client' }))
    const narrowScope = await runExamples(byKey(false, { scopes: ['okta.logs.read'] }), 'listUsers')
    expect(narrowScope.listUsers.error).toMatchObject({ status: 403, errorCode: 'E0000006' })
    const { unknownUser } = await runExamples(byToken(), 'unknownUser')
    expect(unknownUser.error).toMatchObject({ status: 404, errorCode: 'E0000007' })
  })
})
