import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { rsaKey } from '../../../../scripts/testing/rsa-key.js'
import { connect, resume } from '../../src/index.js'
import { listLogins } from '../../src/session/logins.js'
import { createFileStore } from '../../src/stores/file/file-store.js'
import { newFolder } from '../support/new-folder.test.support.js'
import { runProgram, stores } from '../support/run-program.test.support.js'
import { startServiceOrg } from '../support/service-org.test.support.js'
import { startSignInOrg, TestUser } from '../support/sign-in-org.test.support.js'

// Bugs of similar tools that no other test covers. Each comment names the issues.

const hourMs = 3600_000
const newFileStore = async () => createFileStore({ directory: join(await newFolder(), 'tokens') })

describe('a session', () => {
  // okta-sdk-python#363, okta-sdk-java#879, okta-sdk-dotnet#616
  it('renews its token every hour in a long-running program', async () => {
    await using org = await startServiceOrg()
    let passedMs = 0
    const session = await connect(org.options, { ...org.deps, now: () => Date.now() + passedMs })
    for (let hour = 0; hour < 3; hour++) {
      passedMs += hourMs
      org.okta.advanceClock(hourMs)
      expect((await session.fetch('/api/v1/users')).status).toBe(200)
    }
    expect(org.tokenResponses()).toHaveLength(4)
  })

  // workers-sdk#15089
  it('uses the token of another session that refreshes at the same time', async () => {
    await using org = await startSignInOrg()
    const store = await newFileStore()
    await connect(org.app(), { store, openBrowser: new TestUser(org.okta).openBrowser })
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
  it('does not use the token of another org with the same client ID', async () => {
    await using first = await startServiceOrg()
    const jwks = rsaKey().publicKey.export({ type: 'spki', format: 'pem' }).toString()
    await using second = await startServiceOrg({ clientId: first.options.clientId, jwks })
    const { store } = first.deps
    await connect(first.options, { store })
    await expect(connect({ ...first.options, tenant: second.options.tenant }, { store })).rejects.toThrow()
    await expect(resume({ tenant: second.options.tenant }, { store })).rejects.toMatchObject({ code: 'login_required' })
  })

  // kubelogin#389, aws-vault#1275
  it('opens one browser tab for a hundred concurrent sign-ins', async () => {
    await using org = await startSignInOrg()
    const testUser = new TestUser(org.okta)
    const deps = { store: await newFileStore(), openBrowser: testUser.openBrowser }
    const sessions = await Promise.all(Array.from({ length: 100 }, () => connect(org.app(), deps)))
    const tokens = await Promise.all(sessions.map(session => session.token()))
    expect(testUser.openedUrls).toHaveLength(1)
    expect(new Set(tokens.map(({ value }) => value)).size).toBe(1)
  })

  // cloudflared#1692
  it('does not deadlock when a notice handler lists the sign-ins', async () => {
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
    const loader = `export const resolve = (name, context, next) => {
      if (name.startsWith('@napi-rs')) throw new Error('there is no ' + name)
      return next(name, context)
    }`
    const script = `import { register } from 'node:module'
      register('data:text/javascript,' + encodeURIComponent(${JSON.stringify(loader)}))
      const { openStore, listLogins } = await import(${stores})
      console.log((await listLogins({ store: openStore('file') })).length)`
    const state = await newFolder()
    expect(await runProgram(script, { env: { CONNECT_OKTA_STATE_DIR: state } })).toBe('0\n')
  })
})
