import { type OktaEmulator, startOktaEmulator } from '@connect-okta/emulator'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { freeRedirectUri } from '../support/free-redirect-uri.test.support.js'
import { emptyHome, jsonFile, run as runCommand } from '../support/run.test.support.js'
import { signInAs } from '../support/scripted-browser.test.support.js'

let okta: OktaEmulator
let redirectUri: string
let home: string
let keyFile: string

beforeAll(async () => {
  redirectUri = await freeRedirectUri()
  okta = await startOktaEmulator({
    clients: [{ kind: 'spa', redirectUris: [redirectUri] }, { kind: 'service' }, { kind: 'service', dpop: true }],
  })
})
afterAll(() => okta.close())
beforeEach(async () => {
  home = await emptyHome()
  keyFile = await jsonFile(home, 'key.json', okta.client('service').jwk)
})
afterEach(() => {
  vi.useRealTimers()
})

const run = (...args: readonly string[]) => runCommand(args, { HOME: home, CONNECT_OKTA_REDIRECT_URI: redirectUri })
const org = () => ['--tenant', okta.orgUrl.origin, '--scopes', 'okta.users.read']
const loginApp = (...flags: string[]) =>
  run('login', ...org(), '--client-id', okta.client('service').clientId, '--jwk-file', keyFile, ...flags)

async function loginOtherApp(...flags: string[]): Promise<void> {
  const { clientId, jwk } = okta.client('service', { dpop: true })
  const other = ['--client-id', clientId, '--jwk-file', await jsonFile(home, 'other.json', jwk)]
  expect(await run('login', ...org(), ...other, ...flags)).toMatchObject({ code: 0 })
}

async function loginUser(): Promise<void> {
  const user = ['login', ...org(), '--client-id', okta.client('spa').clientId]
  const env = { HOME: home, CONNECT_OKTA_REDIRECT_URI: redirectUri }
  expect(await runCommand(user, env, { openBrowser: signInAs(okta.users[0]) })).toMatchObject({ code: 0 })
}

const clientIds = async () => {
  const logins = JSON.parse((await run('status', '--json')).stdout) as { clientId: string }[]
  return logins.map(({ clientId }) => clientId)
}

describe('logout without the key', () => {
  it('keeps the sign-in and reports the options when no key is given', async () => {
    await loginApp()
    okta.clearRequests()
    const { code, stdout, stderr } = await run('logout')
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toMatch(/Cannot revoke without the app's key or secret: 0oa.*\n.*--jwk-file FILE.*--no-revoke/)
    expect(await clientIds()).toEqual([okta.client('service').clientId])
    expect(okta.requests).toEqual([])
  })

  it('deletes the sign-in without a request when --no-revoke is given, with or without the key', async () => {
    for (const key of [[], ['--jwk-file', keyFile]]) {
      await loginApp()
      okta.clearRequests()
      const { code, stderr } = await run('logout', '--no-revoke', ...key)
      expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining('valid until it expires') })
      expect(await clientIds()).toEqual([])
      expect(okta.requests).toEqual([])
    }
  })

  it('deletes a token that has expired, because there is nothing to revoke', async () => {
    await loginApp()
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 2 * 3_600_000 })
    const { code, stderr } = await run('logout')
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining('Deleted the expired token') })
    expect(await clientIds()).toEqual([])
  })

  it('revokes each token with the key of the profile for its app when --all is given', async () => {
    await loginOtherApp('--profile', 'other')
    await loginApp('--profile', 'ci')
    const { code, stdout, stderr } = await run('logout', '--all', '--json')
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(JSON.parse(stdout)).toMatchObject([{ revoked: true }, { revoked: true }])
  })

  it('revokes every other token when --all is given, and reports the rest', async () => {
    await loginApp()
    await loginOtherApp()
    await loginUser()
    const { code, stdout, stderr } = await run('logout', '--all', '--json')
    expect(code).toBe(2)
    expect(JSON.parse(stdout)).toEqual([
      expect.objectContaining({ clientId: okta.client('spa').clientId, revoked: true }),
    ])
    const { error } = JSON.parse(stderr)
    expect(error.code).toBe('key_required')
    for (const clientId of await clientIds()) expect(error.message).toContain(clientId)
    expect(await clientIds()).toHaveLength(2)
  })

  it('revokes the tokens of the key when --all is given with a key, and keeps those of another key', async () => {
    await loginApp()
    await loginOtherApp()
    const { code, stdout } = await run('logout', '--all', '--jwk-file', keyFile, '--json')
    expect(code).toBe(2)
    expect(JSON.parse(stdout)).toEqual([
      expect.objectContaining({ clientId: okta.client('service').clientId, revoked: true }),
    ])
    expect(await clientIds()).toEqual([okta.client('service', { dpop: true }).clientId])
    expect(await run('logout', '--all', '--no-revoke')).toMatchObject({ code: 0 })
    expect(await clientIds()).toEqual([])
  })
})
