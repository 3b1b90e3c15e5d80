import { type OktaEmulator, ScriptedBrowser, startOktaEmulator } from '@connect-okta/emulator'
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import { freeRedirectUri } from '../../test/support/free-redirect-uri.test.support.js'
import { emptyHome } from '../../test/support/run.test.support.js'
import { scriptedBrowser } from '../../test/support/scripted-browser.test.support.js'
import { openWindow } from '../../test/support/tmux.test.support.js'

let okta: OktaEmulator
let home: string
let env: Record<string, string>
let browser: Record<string, string>
let app: string

beforeAll(async () => {
  const redirectUri = await freeRedirectUri()
  env = { CONNECT_OKTA_REDIRECT_URI: redirectUri }
  okta = await startOktaEmulator({
    clients: [{ kind: 'spa', redirectUris: [redirectUri], scopes: ['okta.users.read'] }, { kind: 'native' }],
  })
})
afterAll(() => okta.close())
beforeEach(async () => {
  home = await emptyHome()
  const user = okta.users[0] ?? { login: '', password: '' }
  browser = { ...env, ...(await scriptedBrowser(home, user)) }
  app = `--tenant ${okta.orgUrl.origin} --client-id ${okta.client('spa').clientId} --scopes okta.users.read`
})

describe.skipIf(inject('systemNeeds').tmux === undefined)('a terminal, during a wait,', () => {
  it('shows the time left for the browser, and removes it at the end', async () => {
    // A browser that the test controls.
    const window = await openWindow({ home, env: { ...env, BROWSER: 'true' }, columns: 60 })
    await window.enter(`connect-okta login ${app} --timeout 2m`)
    // In a narrow terminal it is still one line.
    const screen = await window.shows(/Complete the sign-in in the browser, [12]:\d\d left/)
    expect(screen.match(/Complete/g)).toHaveLength(1)
    const address = /http:\/\/\S+authorize\S+/.exec(screen)?.[0] ?? ''
    await new ScriptedBrowser(okta).visit(new URL(address), okta.users[0] ?? { login: '', password: '' })
    const after = await window.shows('Connected to')
    expect(after).not.toContain('Complete')
    expect(after).toMatch(/^note: No keyring/m)
    expect(await window.hasCursor()).toBe(true)
  })

  it('shows the code for another device, and a QR code', async () => {
    const window = await openWindow({ home, env })
    const { clientId } = okta.client('native')
    await window.enter(`connect-okta login --device --tenant ${okta.orgUrl.origin} --client-id ${clientId}`)
    const screen = await window.shows(/Enter the code on the other device, \d+:\d\d left/)
    const [, address = '', userCode = ''] = /go to (\S+) and enter the code:\s+(\S+)\s/.exec(screen) ?? []
    expect(screen).toMatch(/[█▀▄]{20}/)
    await new ScriptedBrowser(okta).activate(address, okta.users[0] ?? { login: '', password: '' }, { userCode })
    expect(await window.shows('Connected to')).toMatch(/^note: No keyring/m)
  })

  it('shows no QR code when the terminal is too narrow', async () => {
    const window = await openWindow({ home, env, columns: 30 })
    await window.enter(
      `connect-okta login --device --tenant ${okta.orgUrl.origin} --client-id ${okta.client('native').clientId}`,
    )
    expect(await window.shows('Enter the code on')).not.toMatch(/[█▀▄]{5}/)
  })
})

describe.skipIf(inject('systemNeeds').tmux === undefined)('at a terminal', () => {
  it('colors errors, except with NO_COLOR', async () => {
    const window = await openWindow({ home })
    await window.enter('connect-okta token')
    await window.shows('login_required')
    expect(await window.screen(true)).toContain('\u001B[31merror:')
    await window.clear()
    await window.enter('NO_COLOR=1 connect-okta token')
    await window.shows('login_required')
    expect(await window.screen(true)).not.toContain('\u001B[31m')
  })

  it('indents the JSON of a response', async () => {
    const window = await openWindow({ home, env: browser })
    await window.enter(`connect-okta login ${app} && clear && connect-okta api /api/v1/users/me`)
    // The end of the response is on the screen.
    await window.shows(/^ {4}"self": \{$/m)
  })

  it('shows no progress when stdout is a pipe', async () => {
    const window = await openWindow({ home, env: browser })
    await window.enter(`connect-okta login ${app} && clear`)
    await window.shows(/^\$ $/m)
    // It writes while the program waits for the next page.
    using _ = okta.fault({ endpoint: '/api/v1/users', delayMs: 1_500, times: 2 })
    await window.enter('connect-okta api "/api/v1/users?limit=10" --paginate | head -1 | cut -c1-6; echo end')
    expect(await window.shows(/^end$/m)).toMatch(/\{"id":\nend/)
  })

  it('completes a word when Tab is pressed', async () => {
    const window = await openWindow({ home })
    await window.enter('eval "$(connect-okta completion bash)"; clear')
    await window.shows(/^\$ $/m)
    await window.type('connect-okta stat')
    await window.press('Tab')
    await window.shows('connect-okta status ')
  })
})
