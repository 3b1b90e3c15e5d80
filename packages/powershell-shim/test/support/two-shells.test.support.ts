import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type OktaEmulator, startOktaEmulator } from '@connect-okta/emulator'
import { moduleFolder, Shell } from './shell.test.support.js'
import { freeRedirectUri, userBrowserIn } from './user-browser.test.support.js'

type Org = 'a' | 'b'

/** Connects to the org `$given.a` or `$given.b` with its key. */
export const byKey = (org: Org) =>
  `Connect-Okta -Tenant $given.${org}.tenant -ClientId $given.${org}.clientId -JsonWebKey $given.${org}.jwk -Scopes okta.users.read`
/** Connects with a static API token. */
export const byApiToken = (org: Org) =>
  `Connect-Okta -Tenant $given.${org}.tenant -ApiToken (ConvertTo-SecureString $given.${org}.apiToken -AsPlainText -Force)`
/** Connects to the org `$given.a` as the user of the browser. */
export const signIn = 'Connect-Okta -Tenant $given.a.tenant -ClientId $given.spa -RedirectUri $given.redirectUri'

/** Runs a script in another runspace of the process. */
export function inParallel(script: string): string {
  return `1 | ForEach-Object -Parallel { $given = $using:given; Import-Module '${moduleFolder}'; ${script} }`
}

/** Two orgs, and two shells of one user on one store. In the browser of each, another account of org a signs in. */
export async function startTwoShells() {
  const home = await mkdtemp(join(tmpdir(), 'session-'))
  const redirectUri = await freeRedirectUri()
  const scopes = ['okta.users.read', 'okta.users.manage']
  const a = await startOktaEmulator({
    clients: [
      { kind: 'service', scopes },
      { kind: 'spa', scopes, redirectUris: [redirectUri] },
    ],
  })
  const b = await startOktaEmulator({ clients: [{ kind: 'service', scopes }] })
  const shellOf = async (index: number) =>
    await Shell.start({ ...(await userBrowserIn(await mkdtemp(join(home, 'browser-')), a.users[index])), HOME: home })
  const [ada, grace] = [await shellOf(0), await shellOf(1)]
  return {
    a,
    home,
    ada,
    grace,
    given: { a: aboutApp(a), b: aboutApp(b), spa: a.client('spa').clientId, redirectUri },
    hosts: { a: a.orgUrl.host, b: b.orgUrl.host },
    async [Symbol.asyncDispose]() {
      await Promise.all([ada[Symbol.asyncDispose](), grace[Symbol.asyncDispose]()])
      await Promise.all([a.close(), b.close()])
      await rm(home, { recursive: true, force: true })
    },
  }
}

function aboutApp(okta: OktaEmulator) {
  const { clientId, jwk } = okta.client('service')
  return { tenant: okta.orgUrl.origin, clientId, jwk: JSON.stringify(jwk), apiToken: okta.apiTokens[0]?.value ?? '' }
}
