import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type OktaEmulator, startOktaEmulator } from '@connect-okta/emulator'
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import { freeRedirectUri } from '../support/free-redirect-uri.test.support.js'
import { emptyHome, jsonFile } from '../support/run.test.support.js'
import { scriptedBrowser } from '../support/scripted-browser.test.support.js'
import { openWindow } from '../support/tmux.test.support.js'

let okta: OktaEmulator
let home: string
let env: Record<string, string>
let browser: Record<string, string>
let app: string

beforeAll(async () => {
  const redirectUri = await freeRedirectUri()
  env = { CONNECT_OKTA_REDIRECT_URI: redirectUri }
  okta = await startOktaEmulator({
    clients: [{ kind: 'spa', redirectUris: [redirectUri], scopes: ['okta.users.read'] }, { kind: 'service' }],
  })
})
afterAll(() => okta.close())
beforeEach(async () => {
  home = await emptyHome()
  const user = okta.users[0] ?? { login: '', password: '' }
  browser = { ...env, ...(await scriptedBrowser(home, user)) }
  app = `--tenant ${okta.orgUrl.origin} --client-id ${okta.client('spa').clientId} --scopes okta.users.read`
})

const storedFiles = () => readdir(join(home, '.local/state/connect-okta/tokens')).catch(() => [])

describe.skipIf(inject('systemNeeds').tmux === undefined)('login, typed at a terminal', () => {
  it('asks for what is missing, and checks each answer at the org', async () => {
    const window = await openWindow({ home, env: browser })
    await window.enter('connect-okta login --profile mine')
    await window.shows('Tenant, such as example.okta.com:')
    await window.enter('http://127.0.0.1:9')
    await window.shows('cannot be reached')
    await window.press('C-u')
    await window.enter(okta.orgUrl.origin)
    await window.shows('How do you want to connect?')
    await window.press('Enter')
    await window.shows('Client ID:')
    await window.enter('0oaNone')
    await window.shows('Check the client ID')
    // The client ID may be of another kind of app.
    await window.shows(/^\? How do you want to connect/m)
    await window.press('Enter')
    await window.shows(/^\? Client ID: 0oaNone/m)
    await window.press('C-u')
    await window.enter(okta.client('spa').clientId)
    await window.shows(/Scopes.*okta\.users\.read/)
    // What is typed replaces the suggestion.
    await window.enter('okta.users.readokta.apps.read')
    await window.shows('Separate the scopes with spaces: okta.users.readokta.apps.read')
    await window.press('C-u')
    await window.enter('okta.apps.read')
    await window.shows('Okta API Scopes')
    await window.press('C-u')
    await window.enter('okta.users.read')
    const screen = await window.shows('Saved as the profile mine')
    expect(screen).toContain(`Connected to ${okta.orgUrl.host} as ${okta.client('spa').clientId}.`)

    await window.clear()
    await window.enter('connect-okta token --profile mine | wc -c')
    await window.shows(/^4\d\n/m)
  })

  it('wraps messages between words, with their indent', async () => {
    const window = await openWindow({ home, env, columns: 60 })
    await window.enter('connect-okta login --tenant example.com < /dev/null')
    await window.shows(
      /^ {2}Add them, or select a profile with --profile NAME\. In a\n {2}terminal, connect-okta login prompts for them\./m,
    )
    await window.clear()
    await window.enter('connect-okta doctor')
    await window.shows(/^ok {7}store {17}Tokens can be stored in\n {31}\S+\n {31}It has 0 sign-ins\.$/m)
  })

  it('prints a sign-in on several lines of a narrow terminal, and on one line to a pipe', async () => {
    const key = await jsonFile(home, 'key.json', okta.client('service').jwk)
    const { clientId } = okta.client('service')
    const window = await openWindow({ home, env, columns: 72 })
    const scopes = 'okta.groups.manage okta.groups.read okta.users.manage okta.users.read'
    await window.enter(
      `connect-okta login -q --tenant ${okta.orgUrl.origin} --client-id ${clientId} --jwk-file ${key} --scopes '${scopes}'; clear; connect-okta status`,
    )
    const screen = await window.shows(/Tokens are stored/)
    expect(screen).toContain(
      `* ${okta.orgUrl.host}  ${clientId}\n    okta.groups.read okta.users.manage okta.users.read (without\n    okta.groups.manage)\n    client credentials, Bearer, expires in 59 min\n`,
    )
    await window.clear()
    await window.enter('connect-okta status -q | wc -l')
    await window.shows(/^1\n/m)
  })

  it('asks for the key of an app until the org accepts it', async () => {
    const window = await openWindow({ home, env })
    const { clientId, jwk } = okta.client('service')
    await jsonFile(home, 'key.json', jwk)
    await jsonFile(home, 'damaged.json', {})
    await window.enter(`connect-okta login --tenant ${okta.orgUrl.origin}`)
    await window.shows('How do you want to connect?')
    await window.press('Down', 'Down', 'Enter')
    await window.shows('Client ID:')
    await window.enter(clientId)
    await window.shows('Scopes')
    await window.press('Enter')
    await window.shows('Private key file')
    await window.enter(join(home, 'missing.json'))
    await window.shows('ENOENT')
    await window.shows(/^\? Private key file.*missing\.json/m)
    await window.press('C-u')
    await window.enter(join(home, 'damaged.json'))
    await window.shows(/> .*key/)
    await window.shows(/^\? How do you want to connect/m)
    await window.press('Enter')
    // What was typed can be edited.
    await window.shows(new RegExp(`^\\? Client ID: ${clientId}$`, 'm'))
    await window.press('Enter')
    await window.shows(/^\? Scopes/m)
    await window.press('Enter')
    await window.shows(/^\? Private key file.*damaged\.json/m)
    await window.press('C-u')
    await window.enter(join(home, 'key.json'))
    await window.shows(`Connected to ${okta.orgUrl.host} as ${clientId}.`)
  })

  it('asks for the kind of app again when the client ID is of an app for programs', async () => {
    const window = await openWindow({ home, env })
    const { clientId, jwk } = okta.client('service')
    await jsonFile(home, 'key.json', jwk)
    await window.enter(`connect-okta login --tenant ${okta.orgUrl.origin}`)
    await window.shows('How do you want to connect?')
    await window.press('Enter')
    await window.shows('Client ID:')
    await window.enter(clientId)
    await window.shows('API Services app')
    await window.shows(/^\? How do you want to connect/m)
    await window.press('Down', 'Down', 'Enter')
    await window.shows(`? Client ID: ${clientId}`)
    await window.press('Enter')
    await window.shows(/^\? Scopes/m)
    await window.press('Enter')
    await window.shows(/^\? Private key file/m)
    await window.enter(join(home, 'key.json'))
    await window.shows(`Connected to ${okta.orgUrl.host} as ${clientId}.`)
  })

  it('reports the missing flags when stdin is not a terminal', async () => {
    const window = await openWindow({ home })
    await window.enter('connect-okta login < /dev/null')
    await window.shows('--tenant and --client-id')
  })
})

describe.skipIf(inject('systemNeeds').tmux === undefined)('Ctrl+C', () => {
  // ORG and APP are replaced by flags.
  it.each<[string, string, string, string[]]>([
    ['for the tenant', 'login', 'Tenant, such as', []],
    ['for the kind of sign-in', 'login ORG', 'How do you want to connect?', []],
    ['for the client ID', 'login ORG', 'Client ID:', ['Enter']],
    ['for an address', 'login APP --manual', 'URL: ', []],
    ['for the browser', 'login APP --no-browser', 'URL of the last page:', []],
  ])('exits with 130 at the wait %s, and restores the terminal', async (_what, args, prompt, keys) => {
    const window = await openWindow({ home, env })
    await window.enter('stty -a > before; clear')
    await window.shows(/^\$ $/m)
    const flags = args.replace('APP', app).replace('ORG', `--tenant ${okta.orgUrl.origin}`)
    await window.enter(`connect-okta ${flags}`)
    if (keys.length > 0) {
      await window.shows('How do you want to connect?')
      await window.press(...keys)
    }
    await window.shows(prompt)
    await window.press('C-c')
    // What is typed before the shell has the terminal again is lost.
    await window.shows(/^\$ $/m)
    await window.enter('echo "ended with $?"; stty -a > after')
    const screen = await window.shows(/^ended with \d+/m)
    expect(screen).toMatch(/^ended with 130/m)
    expect(await window.hasCursor()).toBe(true)
    await window.enter('echo done')
    await window.shows(/^done/m)
    expect(await readFile(join(home, 'after'), 'utf8')).toBe(await readFile(join(home, 'before'), 'utf8'))
    expect((await storedFiles()).filter(name => name.endsWith('.json'))).toEqual([])
  })
})
