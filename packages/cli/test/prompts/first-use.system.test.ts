import { freePort, type OktaEmulator, ScriptedBrowser, startOktaEmulator } from '@connect-okta/emulator'
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import { freeRedirectUri } from '../support/free-redirect-uri.test.support.js'
import { emptyHome, run } from '../support/run.test.support.js'
import { scriptedBrowser, signInAs } from '../support/scripted-browser.test.support.js'
import { openWindow, type TerminalWindow } from '../support/tmux.test.support.js'

let okta: OktaEmulator
let home: string
let env: Record<string, string>
let user: { login: string; password: string }

beforeAll(async () => {
  const redirectUri = await freeRedirectUri()
  env = { CONNECT_OKTA_REDIRECT_URI: redirectUri }
  user = { login: 'ada@example.com', password: 'correct horse' }
  okta = await startOktaEmulator({
    clients: [{ kind: 'spa', redirectUris: [redirectUri], scopes: ['okta.users.read'] }, { kind: 'service' }],
    users: [user],
  })
})
afterAll(() => okta.close())
beforeEach(async () => {
  home = await emptyHome()
})

const app = () => `--tenant ${okta.orgUrl.origin} --client-id ${okta.client('spa').clientId} --scopes okta.users.read`
const withoutBrowser = () => openWindow({ home, env: { ...env, BROWSER: '/nonexistent' }, columns: 600 })
const withBrowser = async () => openWindow({ home, env: { ...env, ...(await scriptedBrowser(home, user)) } })

async function shownAddress(window: TerminalWindow): Promise<URL> {
  const [address = ''] = /http\S+authorize\S+/.exec(await window.shows('URL of the last page:')) ?? []
  return new URL(address)
}

/** Answers each question of `login` for the app of users. */
async function answer(window: TerminalWindow): Promise<void> {
  await window.shows('Tenant, such as example.okta.com:')
  await window.enter(okta.orgUrl.origin)
  await window.shows('How do you want to connect?')
  await window.press('Enter')
  await window.shows('Client ID:')
  await window.enter(okta.client('spa').clientId)
  await window.shows('Scopes')
  await window.press('Enter')
}

describe.skipIf(inject('systemNeeds').tmux === undefined)('login without a browser', () => {
  it('signs in when the address of the last page is pasted', async () => {
    const window = await withoutBrowser()
    await window.enter(`connect-okta login ${app()}`)
    const address = await shownAddress(window)
    await window.enter('https://example.com/?code=1&state=2')
    await window.shows('This is not the URL of the last page')
    await window.enter(`${env.CONNECT_OKTA_REDIRECT_URI}?code=1&state=2`)
    await window.shows('This URL is from a different sign-in')
    await window.enter((await new ScriptedBrowser(okta).signIn(address, user)).href)
    await window.shows('Signed in as ada@example.com')
  })

  it('signs in when a browser on this machine opens the address', async () => {
    const window = await withoutBrowser()
    await window.enter(`connect-okta login ${app()}`)
    await signInAs(user)(await shownAddress(window))
    const screen = await window.shows('Signed in as ada@example.com')
    expect(screen).toMatch(/^note: No keyring is available/m)
    await window.enter('connect-okta status -q')
    await window.shows(/^\* .* {2}ada@example\.com/m)
  })
})

describe.skipIf(inject('systemNeeds').tmux === undefined)('login without options', () => {
  it('links to the guide for the app, saves a profile, and asks again with --new', async () => {
    const window = await withBrowser()
    await window.enter('connect-okta login')
    expect(await window.shows('Tenant')).toContain('https://connect-okta.github.io/connect-okta/okta-app')
    await answer(window)
    await window.shows('Yes, as local')
    await window.press('Enter')
    await window.shows('Saved as the profile local.')

    await window.clear()
    await window.enter('connect-okta login')
    await window.shows('Already connected')
    await window.clear()
    await window.enter('connect-okta login --new')
    await window.shows('Tenant, such as example.okta.com:')
  })

  it('saves no profile when the user declines', async () => {
    const window = await withBrowser()
    await window.enter('connect-okta login')
    await answer(window)
    await window.shows('Save this connection as a profile?')
    await window.press('Down', 'Down', 'Enter')
    await window.shows(/profile\? No\n\$ $/m)
    expect((await run(['profiles', '--json'], { HOME: home })).stdout).toBe('[]\n')
  })

  it('offers to try again with the same answers when the sign-in fails', async () => {
    const window = await withBrowser()
    using fault = okta.fault({ endpoint: '/oauth2/v1/token', status: 503 })
    await window.enter('connect-okta login')
    await answer(window)
    await window.shows('The sign-in failed.')
    await window.press('Down', 'Enter')
    await window.shows(`? Tenant, such as example.okta.com: ${okta.orgUrl.origin}`)
    await window.press('Enter')
    await window.shows(/\? How do you want to connect/)
    await window.press('Enter')
    await window.shows(`? Client ID: ${okta.client('spa').clientId}`)
    await window.press('Enter')
    await window.shows('? Scopes, separated by spaces: okta.users.read')
    fault.remove()
    await window.press('Enter')
    await window.shows('Save this connection as a profile?')
    await window.press('Down', 'Enter')
    await window.shows('Profile name:')
    await window.enter('no name')
    await window.shows('Use letters, digits, dots')
    await window.press('C-u')
    await window.enter('mine')
    await window.shows('Saved as the profile mine.')
  })

  it('prints the command that continues when the user gives up', async () => {
    const window = await withoutBrowser()
    await window.enter('connect-okta login')
    await answer(window)
    await shownAddress(window)
    await window.press('C-c')
    await window.shows(`\n  connect-okta login ${app()}\n`)
  })
})

describe.skipIf(inject('systemNeeds').tmux === undefined)('serve without a profile', () => {
  it('asks for a connection first, and serves it', { timeout: 90_000 }, async () => {
    const window = await withBrowser()
    await window.enter(`connect-okta serve --listen localhost:${await freePort()}`)
    await window.shows('No profiles found.')
    await answer(window)
    await window.shows('Saved as the profile default.')
    await window.shows('client secret')
    await window.press('C-c')
    await window.shows(/^\$ $/m)
  })
})
