import { join } from 'node:path'
import { type OktaEmulator, startOktaEmulator } from '@connect-okta/emulator'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { freeRedirectUri } from '../support/free-redirect-uri.test.support.js'
import { emptyHome, jsonFile, run as runCommand } from '../support/run.test.support.js'
import { signInAs } from '../support/scripted-browser.test.support.js'

const users = ['ada', 'bob', 'eve'].map(name => ({ login: `${name}@example.com`, password: `of-${name}` }))

let okta: OktaEmulator
let redirectUri: string
let home: string

beforeAll(async () => {
  redirectUri = await freeRedirectUri()
  okta = await startOktaEmulator({
    users,
    clients: [{ kind: 'spa', redirectUris: [redirectUri] }, { kind: 'service' }],
  })
})
afterAll(() => okta.close())
beforeEach(async () => {
  home = await emptyHome()
})

const org = () => ['--tenant', okta.orgUrl.origin, '--scopes', 'okta.users.read']

async function loginUsers(): Promise<void> {
  for (const user of users) {
    const args = ['login', ...org(), '--client-id', okta.client('spa').clientId, '--login-hint', user.login]
    const env = { HOME: home, CONNECT_OKTA_REDIRECT_URI: redirectUri }
    expect(await runCommand(args, env, { openBrowser: signInAs(user) })).toMatchObject({ code: 0 })
  }
}

async function storedLogins(): Promise<readonly string[]> {
  const logins = JSON.parse((await runCommand(['status', '--json'], { HOME: home })).stdout)
  return (logins as { account?: { login: string } }[]).map(({ account }) => account?.login ?? 'an app').sort()
}

describe('logout when one app has sign-ins of several accounts', () => {
  it.each(users.map(({ login }) => login))('ends only that of %s when the login hint selects it', async login => {
    for (const flags of [['--no-revoke'], []]) {
      await loginUsers()
      const { code, stdout } = await runCommand(['logout', ...flags, '--json'], {
        HOME: home,
        CONNECT_OKTA_LOGIN_HINT: login,
      })
      expect({ code, ended: JSON.parse(stdout) }).toMatchObject({ code: 0, ended: [{ account: { login } }] })
      expect(await storedLogins()).toEqual(users.map(user => user.login).filter(one => one !== login))
    }
  })
})

describe('logout --no-revoke', () => {
  const app = () => ['--tenant', okta.orgUrl.origin, '--client-id', okta.client('service').clientId]

  it('reads no key when one sign-in matches', async () => {
    const keyFile = await jsonFile(home, 'key.json', okta.client('service').jwk)
    const login = ['login', ...app(), '--scopes', 'okta.users.read', '--jwk-file', keyFile]
    for (const all of [[], ['--all']]) {
      expect(await runCommand(login, { HOME: home })).toMatchObject({ code: 0 })
      const lost = [...app(), '--jwk-file', join(home, 'lost.json')]
      expect(await runCommand(['logout', '--no-revoke', ...all, ...lost], { HOME: home })).toMatchObject({ code: 0 })
      expect(await storedLogins()).toEqual([])
    }
  })

  it('deletes the token of the given key when another key of the app has one', async () => {
    const run = (...args: readonly string[]) => runCommand(args, { HOME: home }, { cwd: home })
    const names = ['first', 'second', 'third']
    const keys = []
    for (const name of names) {
      keys.push(JSON.parse((await run('keygen', '--type', 'P-256', '--file', `${name}.json`)).stdout))
    }
    okta.update(okta.client('service').clientId, { jwks: { keys } })
    for (const name of names) {
      const login = ['login', ...app(), '--scopes', 'okta.users.read', '--jwk-file', join(home, `${name}.json`)]
      expect(await run(...login)).toMatchObject({ code: 0 })
    }
    const logout = (name: string, ...flags: readonly string[]) =>
      run('logout', ...app(), '--jwk-file', join(home, `${name}.json`), ...flags)
    expect(await logout('first', '--no-revoke')).toMatchObject({ code: 0 })
    expect(await logout('first')).toMatchObject({ code: 3 })
    expect(await logout('second')).toMatchObject({ code: 0 })
    expect(await logout('third')).toMatchObject({ code: 0 })
  })
})
