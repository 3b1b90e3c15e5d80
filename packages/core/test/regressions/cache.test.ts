import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { connect, resume } from '../../src/index.js'
import { listLogins } from '../../src/session/logins.js'
import { createFileStore } from '../../src/stores/file/file-store.js'
import { Person, startSignInOrg } from '../support/person.test.support.js'
import { runProgram, stores } from '../support/program.test.support.js'
import { startServiceOrg } from '../support/service-app.test.support.js'

// Bugs of other tools that have no test elsewhere. Each comment names the reports.

const hourMs = 3600_000
const newFileStore = async () =>
  createFileStore({ directory: join(await mkdtemp(join(tmpdir(), 'regressions-')), 'tokens') })

describe('a session', () => {
  // okta-sdk-python#363, okta-sdk-java#879, okta-sdk-dotnet#616
  it('has a valid token every hour in a program that runs for hours', async () => {
    await using org = await startServiceOrg()
    let passedMs = 0
    const session = await connect(org.options, { ...org.deps, now: () => Date.now() + passedMs })
    for (let hour = 0; hour < 3; hour++) {
      passedMs += hourMs
      org.okta.advanceClock(hourMs)
      expect((await session.fetch('/api/v1/users')).status).toBe(200)
    }
    expect(org.tokenAnswers()).toHaveLength(4)
  })

  // workers-sdk#15089
  it('uses the token that another session got by a refresh at the same time', async () => {
    await using org = await startSignInOrg()
    const store = await newFileStore()
    await connect(org.app(), { store, openBrowser: new Person(org.okta).openBrowser })
    const sessions = await Promise.all([resume({}, { store }), resume({}, { store })])
    await Promise.all(sessions.map(session => session.token()))
    org.okta.clearRequests()
    const tokens = await Promise.all(sessions.map(session => session.token({ forceRefresh: true })))
    expect(new Set(tokens.map(({ value }) => value)).size).toBe(1)
    expect(org.okta.requests.filter(({ path }) => path.endsWith('/token'))).toHaveLength(1)
  })
})

describe('connect', () => {
  // okta-aws-cli#264
  it('never uses the token of another org with the same client id', async () => {
    await using one = await startServiceOrg()
    await using two = await startServiceOrg({ clientId: one.options.clientId, jwks: { keys: [] } })
    const { store } = one.deps
    await connect(one.options, { store })
    await expect(connect({ ...one.options, tenant: two.options.tenant }, { store })).rejects.toThrow()
    await expect(resume({ tenant: two.options.tenant }, { store })).rejects.toMatchObject({ code: 'login_required' })
  })

  // kubelogin#389, aws-vault#1275
  it('opens one browser tab for a hundred sign-ins at the same time', async () => {
    await using org = await startSignInOrg()
    const person = new Person(org.okta)
    const deps = { store: await newFileStore(), openBrowser: person.openBrowser }
    const sessions = await Promise.all(Array.from({ length: 100 }, () => connect(org.app(), deps)))
    const tokens = await Promise.all(sessions.map(session => session.token()))
    expect(person.opened).toHaveLength(1)
    expect(new Set(tokens.map(({ value }) => value)).size).toBe(1)
  })

  // cloudflared#1692
  it('does not wait for its own lock when a notice handler lists the sign-ins', async () => {
    await using org = await startServiceOrg()
    const store = await newFileStore()
    const notify = () => void listLogins({ store })
    const sessions = await Promise.all([
      connect(org.options, { store, notify }),
      connect(org.options, { store, notify }),
    ])
    await Promise.all(sessions.map(session => session.token({ forceRefresh: true })))
    await sessions[0]?.disconnect()
  })
})

describe('the file store', () => {
  // microsoft-authentication-library-for-js#6160, #7170
  it('works without the keyring library', async () => {
    const refuse = `export const resolve = (name, context, next) => {
      if (name.startsWith('@napi-rs')) throw new Error('there is no ' + name)
      return next(name, context)
    }`
    const script = `import { register } from 'node:module'
      register('data:text/javascript,' + encodeURIComponent(${JSON.stringify(refuse)}))
      const { openStore, listLogins } = await import(${stores})
      console.log((await listLogins({ store: openStore('file') })).length)`
    const state = await mkdtemp(join(tmpdir(), 'regressions-'))
    expect(await runProgram(script, { env: { CONNECT_OKTA_STATE_DIR: state } })).toBe('0\n')
  })
})
