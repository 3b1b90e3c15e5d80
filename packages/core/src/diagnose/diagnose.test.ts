import { generateKeyPairSync } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type OktaEmulator, startOktaEmulator } from '@connect-okta/emulator'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { createPrivateCertificate } from '../../../../scripts/testing/private-certificate.js'
import { newFolder } from '../../test/support/new-folder.test.support.js'
import { serviceAppOptions } from '../../test/support/service-org.test.support.js'
import { freeRedirectUri } from '../../test/support/sign-in-org.test.support.js'
import type { Environment } from '../environment.js'
import { type ConnectOptions, connect, type Deps } from '../index.js'
import { createFileStore } from '../stores/file/file-store.js'
import { createMemoryStore } from '../stores/memory-store.js'
import { diagnose } from './diagnose.js'
import { type CheckName, checkNames, type Finding } from './finding.js'

let okta: OktaEmulator
let redirectUri: string
beforeAll(async () => {
  redirectUri = await freeRedirectUri()
  okta = await startOktaEmulator({
    clients: [
      { kind: 'service' },
      { kind: 'service', dpop: true },
      { kind: 'spa', redirectUris: [redirectUri] },
      { kind: 'service', adminRole: false },
    ],
  })
})
afterAll(() => okta.close())
afterEach(() => okta.reset())

const spa = (): Partial<ConnectOptions> => {
  const { clientId } = okta.client('spa')
  return { tenant: okta.orgUrl.origin, clientId, scopes: ['okta.users.read'], redirectUri }
}

async function folderWith(program: string): Promise<string> {
  const folder = await newFolder()
  await writeFile(join(folder, program), '', { mode: 0o755 })
  return folder
}

async function findings(
  options: Partial<ConnectOptions>,
  deps: Partial<Deps> = {},
  variables: Environment['variables'] = { PATH: '/usr/bin', BROWSER: '/bin/true' },
): Promise<Partial<Record<CheckName, Finding>>> {
  const environment = { variables, home: '/', configDirectory: '/', stateDirectory: '/' }
  const found: Partial<Record<CheckName, Finding>> = {}
  for await (const finding of diagnose(options, { store: createMemoryStore(), ...deps }, environment)) {
    expect(found[finding.check], 'one finding for each check').toBeUndefined()
    expect(finding.fix !== undefined).toBe(finding.outcome === 'failure' || finding.outcome === 'warning')
    found[finding.check] = finding
  }
  return found
}

const outcomes = (found: Partial<Record<CheckName, Finding>>) =>
  Object.fromEntries(Object.entries(found).map(([check, { outcome }]) => [check, outcome]))
const allOk = {
  tenant: 'ok',
  proxy: 'ok',
  dns: 'ok',
  tls: 'skipped',
  clock: 'ok',
  org: 'ok',
  authorization_server: 'ok',
  app: 'ok',
  callback_port: 'ok',
  browser: 'ok',
  keyring: expect.any(String),
  store: 'ok',
}

describe('diagnose', () => {
  it('reports ok for an app with user sign-in and opens no browser', async () => {
    const openBrowser = async () => expect.unreachable('a browser was opened')
    const found = await findings(spa(), { openBrowser })
    expect(outcomes(found)).toEqual(allOk)
    expect(Object.keys(found)).toEqual([...checkNames])
  })

  it.each([0, 1])('reports ok for a service app and revokes its token: app %i', async index => {
    okta.clearRequests()
    const store = createMemoryStore()
    const found = await findings(serviceAppOptions(okta, okta.clients[index]), { store })
    expect(outcomes(found)).toEqual({ ...allOk, callback_port: 'skipped', browser: 'skipped' })
    expect(found.app?.message).toContain(index === 0 ? 'Bearer' : 'DPoP')
    expect(okta.requests.at(-1)?.path).toBe('/oauth2/v1/revoke')
    for await (const login of store.list()) expect.unreachable(`a sign-in was stored: ${login.recordKey}`)
  })

  it('checks an API token', async () => {
    const apiToken = okta.apiTokens[0]?.value ?? ''
    expect((await findings({ tenant: okta.orgUrl.origin, apiToken })).app).toMatchObject({ outcome: 'ok' })
    const wrong = await findings({ tenant: okta.orgUrl.origin, apiToken: 'token-of-another-org' })
    expect(wrong.app).toMatchObject({ outcome: 'failure', fix: expect.stringContaining('Security > API > Tokens') })
  })

  it('checks an access token', async () => {
    const session = await connect(serviceAppOptions(okta), { store: createMemoryStore() })
    const accessToken = (await session.token()).value
    const { app } = await findings({ tenant: okta.orgUrl.origin, accessToken })
    expect(app).toMatchObject({ outcome: 'skipped', message: expect.stringContaining('access token') })
    const wrong = await findings({ tenant: okta.orgUrl.origin, accessToken: 'SSWS token' })
    expect(wrong.app).toMatchObject({ outcome: 'failure', message: expect.stringContaining('static API token') })
  })

  it('checks only the machine without options', async () => {
    expect(outcomes(await findings({}))).toMatchObject({ tenant: 'skipped', store: 'ok' })
  })
})

const otherKey = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' })

describe('diagnose with one problem', () => {
  it.each<[string, CheckName, object, RegExp]>([
    ['the URL of the admin console', 'tenant', { tenant: 'example-admin.okta.com' }, /example\.okta\.com/],
    ['a host name without an address', 'dns', { tenant: 'no-such-org.invalid' }, /spelling/],
    ['a port without a listener', 'org', { tenant: 'http://127.0.0.1:9' }, /network/],
    [
      'an unknown authorization server',
      'authorization_server',
      { authorizationServer: 'ausNone' },
      /API > Authorization Servers/,
    ],
    ['an unknown client ID', 'app', { clientId: '0oaNone' }, /Client ID/],
    ['an unknown key', 'app', { jsonWebKey: { ...otherKey, kid: 'other' } }, /Public keys/],
    ['a damaged key', 'app', { jsonWebKey: '{' }, /Copy it again/],
    ['a scope that was not granted', 'app', { scopes: ['okta.apps.read'] }, /Okta API Scopes/],
  ])('reports only %s', async (_what, check, more, fix) => {
    const found = await findings({ ...serviceAppOptions(okta), ...more })
    expect(found[check]).toMatchObject({ outcome: 'failure', fix: expect.stringMatching(fix) })
    const failures = Object.values(found).filter(({ outcome }) => outcome === 'failure')
    expect(failures.map(({ check }) => check).filter(name => name !== 'keyring')).toEqual([check])
  })

  it.each<[string, object, RegExp]>([
    ['a redirect URI that is not registered', { redirectUri: 'http://localhost:18999/x' }, /register exactly/],
    ['an unknown client ID', { clientId: '0oaNone' }, /client ID/],
    ['a scope that was not granted', { scopes: ['okta.nope.read'] }, /Okta API Scopes/],
  ])('reports %s for an app with user sign-in', async (_what, more, fix) => {
    const { app } = await findings({ ...spa(), ...more })
    expect(app).toMatchObject({ outcome: 'failure', fix: expect.stringMatching(fix) })
  })

  it('reports an untrusted certificate', async () => {
    await using org = await startOktaEmulator({ tls: createPrivateCertificate() })
    const found = await findings({ tenant: org.orgUrl.origin })
    expect(outcomes(found)).toMatchObject({ dns: 'ok', tls: 'failure', clock: 'skipped', org: 'skipped' })
    expect(found.tls?.fix).toContain('NODE_EXTRA_CA_CERTS')
  })

  it('reports a wrong system clock as a warning', async () => {
    const found = await findings(serviceAppOptions(okta), { now: () => Date.now() - 3600_000 })
    expect(found.clock).toMatchObject({ outcome: 'warning', message: expect.stringMatching(/3\d{3} s behind/) })
    expect(found.app).toMatchObject({ outcome: 'ok' })
  })

  it.each<[string, object, RegExp]>([
    ['a server error of the org', { status: 503 }, /503/],
    ['an HTML page of the network', { html: true, status: 200 }, /not from an Okta org/],
    ['a rate limit', { status: 429 }, /rate limit/],
    ['a broken connection', { drop: true }, /cannot be reached/],
  ])('reports %s', async (_what, spec, message) => {
    using _fault = okta.fault({ endpoint: '/.well-known/okta-organization', ...spec })
    const found = await findings(serviceAppOptions(okta))
    expect(found.org).toMatchObject({ outcome: 'failure', message: expect.stringMatching(message) })
    expect(found.app).toBeUndefined()
  })

  it('reports a callback port that is in use', async () => {
    const server = createServer()
    await new Promise<void>(resolve => server.listen(Number(new URL(redirectUri).port), '127.0.0.1', resolve))
    try {
      const { callback_port } = await findings(spa())
      expect(callback_port).toMatchObject({ outcome: 'failure', message: expect.stringContaining('EADDRINUSE') })
    } finally {
      server.close()
    }
  })

  // Windows and macOS always have a browser and a display.
  it.runIf(process.platform === 'linux')('reports a missing browser', async () => {
    const { browser } = await findings(spa(), {}, { PATH: '/nowhere' })
    expect(browser).toMatchObject({ outcome: 'warning', remedy: { id: 'sign_in_elsewhere' } })
  })

  it('reports an org without API Access Management', async () => {
    okta.setFeatures({ apiAccessManagement: false })
    const found = await findings({ ...serviceAppOptions(okta), authorizationServer: 'default' })
    expect(found.authorization_server).toMatchObject({
      outcome: 'failure',
      message: expect.stringContaining('API Access Management'),
    })
  })

  it.runIf(process.platform === 'linux')('reports a session without a display', async () => {
    const variables = { PATH: await folderWith('xdg-open') }
    const { browser } = await findings(spa(), {}, variables)
    expect(browser).toMatchObject({ outcome: 'warning', message: expect.stringContaining('no display') })
    const { browser: onDesktop } = await findings(spa(), {}, { ...variables, DISPLAY: ':0' })
    expect(onDesktop).toMatchObject({ outcome: 'ok', message: 'A sign-in would open xdg-open.' })
  })

  it('reports an app without an admin role', async () => {
    const { app } = await findings(serviceAppOptions(okta, okta.clients[3]))
    expect(app).toMatchObject({
      outcome: 'failure',
      message: expect.stringContaining('403'),
      fix: expect.stringContaining('Admin roles'),
    })
  })

  it('reports a service app without its key', async () => {
    const { tenant, clientId } = serviceAppOptions(okta) as { tenant: string; clientId: string }
    const { app } = await findings({ tenant, clientId, redirectUri })
    expect(app).toMatchObject({ outcome: 'failure', fix: expect.stringMatching(/private key|API Services/) })
  })

  // The product checks modes only where files have them.
  it.skipIf(process.platform === 'win32')('reports a store that is not writable', async () => {
    const store = createFileStore({ directory: '/dev/null/tokens' })
    expect((await findings(serviceAppOptions(okta), { store })).store).toMatchObject({ outcome: 'failure' })
    const shared = createFileStore({ directory: tmpdir() })
    expect((await findings(serviceAppOptions(okta), { store: shared })).store).toMatchObject({
      fix: expect.stringContaining('chmod'),
    })
  })

  it('reports an invalid proxy URL', async () => {
    const fetch = async () => expect.unreachable('a request was sent')
    const variables = { HTTPS_PROXY: 'http://proxy:port', PATH: '/usr/bin' }
    const found = await findings({ tenant: 'example.okta.com' }, { fetch }, variables)
    expect(outcomes(found)).toMatchObject({ proxy: 'failure', dns: 'skipped', org: 'skipped' })
  })
})
