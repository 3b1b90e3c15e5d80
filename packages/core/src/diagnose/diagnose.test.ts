import { generateKeyPairSync } from 'node:crypto'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { type OktaEmulator, startOktaEmulator } from '@connect-okta/emulator'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { makePrivateCertificate } from '../../test/support/certificate-authority.test.support.js'
import { freeRedirectUri } from '../../test/support/person.test.support.js'
import type { Environment } from '../environment.js'
import type { ConnectOptions, Deps } from '../index.js'
import { createFileStore } from '../stores/file/file-store.js'
import { createMemoryStore } from '../stores/memory-store.js'
import { diagnose } from './diagnose.js'
import { type CheckName, checkNames, type Finding } from './finding.js'

let okta: OktaEmulator
let redirectUri: string
beforeAll(async () => {
  redirectUri = await freeRedirectUri()
  okta = await startOktaEmulator({
    clients: [{ kind: 'service' }, { kind: 'service', dpop: true }, { kind: 'spa', redirectUris: [redirectUri] }],
  })
})
afterAll(() => okta.close())
afterEach(() => okta.reset())

const service = (): Partial<ConnectOptions> => {
  const { clientId, jwk } = okta.client('service')
  return { tenant: okta.orgUrl.origin, clientId, jsonWebKey: jwk as object, scopes: ['okta.users.read'] }
}
const spa = (): Partial<ConnectOptions> => {
  const { clientId } = okta.client('spa')
  return { tenant: okta.orgUrl.origin, clientId, scopes: ['okta.users.read'], redirectUri }
}

async function findings(
  options: Partial<ConnectOptions>,
  deps: Partial<Deps> = {},
  variables: Environment['variables'] = { PATH: '/usr/bin', BROWSER: '/bin/true' },
): Promise<Partial<Record<CheckName, Finding>>> {
  const world = { variables, home: '/', configDirectory: '/', stateDirectory: '/' }
  const found: Partial<Record<CheckName, Finding>> = {}
  for await (const finding of diagnose(options, { store: createMemoryStore(), ...deps }, world)) {
    expect(found[finding.check], 'each is found once').toBeUndefined()
    expect(finding.fix !== undefined).toBe(finding.outcome === 'failure' || finding.outcome === 'warning')
    found[finding.check] = finding
  }
  return found
}

const outcomes = (found: Partial<Record<CheckName, Finding>>) =>
  Object.fromEntries(Object.entries(found).map(([check, { outcome }]) => [check, outcome]))
const asItShouldBe = {
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
  it('finds nothing wrong with an app that people sign in to, and shows it to nobody', async () => {
    const openBrowser = async () => expect.unreachable('a browser was opened')
    const found = await findings(spa(), { openBrowser })
    expect(outcomes(found)).toEqual(asItShouldBe)
    expect(Object.keys(found)).toEqual([...checkNames])
  })

  it.each([0, 1])('finds nothing wrong with a service app, and leaves no token behind: %i', async index => {
    okta.clearRequests()
    const { clientId, jwk } = okta.clients[index] ?? {}
    const store = createMemoryStore()
    const found = await findings({ ...service(), clientId, jsonWebKey: jwk } as never, { store })
    expect(outcomes(found)).toEqual({ ...asItShouldBe, callback_port: 'skipped', browser: 'skipped' })
    expect(found.app?.message).toContain(index === 0 ? 'Bearer' : 'DPoP')
    expect(okta.requests.at(-1)?.path).toBe('/oauth2/v1/revoke')
    for await (const login of store.list()) expect.unreachable(`a login was kept: ${login.recordKey}`)
  })

  it('knows an API token', async () => {
    const apiToken = okta.apiTokens[0]?.value ?? ''
    expect((await findings({ tenant: okta.orgUrl.origin, apiToken })).app).toMatchObject({ outcome: 'ok' })
    const wrong = await findings({ tenant: okta.orgUrl.origin, apiToken: 'of-another-org' })
    expect(wrong.app).toMatchObject({ outcome: 'failure', fix: expect.stringContaining('Security > API > Tokens') })
  })

  it('looks at the machine alone where nothing is given', async () => {
    expect(outcomes(await findings({}))).toMatchObject({ tenant: 'skipped', store: 'ok' })
  })
})

const otherKey = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' })

describe('diagnose names what is wrong, and nothing else:', () => {
  it.each<[string, CheckName, object, RegExp]>([
    ['the console instead of the org', 'tenant', { tenant: 'example-admin.okta.com' }, /example\.okta\.com/],
    ['a name without an address', 'dns', { tenant: 'no-such-org.invalid' }, /spelling/],
    ['a port without a listener', 'org', { tenant: 'http://127.0.0.1:9' }, /network/],
    [
      'another authorization server',
      'authorization_server',
      { authorizationServer: 'ausNone' },
      /API > Authorization Servers/,
    ],
    ['another client id', 'app', { clientId: '0oaNone' }, /Client ID/],
    ['another key', 'app', { jsonWebKey: { ...otherKey, kid: 'other' } }, /Public keys/],
    ['a damaged key', 'app', { jsonWebKey: '{' }, /Copy it again/],
    ['a scope that was not granted', 'app', { scopes: ['okta.apps.read'] }, /Okta API Scopes/],
  ])('%s', async (_what, check, more, fix) => {
    const found = await findings({ ...service(), ...more })
    expect(found[check]).toMatchObject({ outcome: 'failure', fix: expect.stringMatching(fix) })
    const failures = Object.values(found).filter(({ outcome }) => outcome === 'failure')
    expect(failures.map(({ check }) => check).filter(name => name !== 'keyring')).toEqual([check])
  })

  it.each<[string, object, RegExp]>([
    ['a redirect URI that is not registered', { redirectUri: 'http://localhost:18999/x' }, /register exactly/],
    ['a client id that is not there', { clientId: '0oaNone' }, /client id/],
    ['a scope that was not granted', { scopes: ['okta.nope.read'] }, /Okta API Scopes/],
  ])('%s, for people', async (_what, more, fix) => {
    const { app } = await findings({ ...spa(), ...more })
    expect(app).toMatchObject({ outcome: 'failure', fix: expect.stringMatching(fix) })
  })

  it('a certificate that is not trusted', async () => {
    await using org = await startOktaEmulator({ tls: makePrivateCertificate() })
    const found = await findings({ tenant: org.orgUrl.origin })
    expect(outcomes(found)).toMatchObject({ dns: 'ok', tls: 'failure', clock: 'skipped', org: 'skipped' })
    expect(found.tls?.fix).toContain('NODE_EXTRA_CA_CERTS')
  })

  it('a clock that is wrong, which does not keep the app from its token', async () => {
    const found = await findings(service(), { now: () => Date.now() - 3600_000 })
    expect(found.clock).toMatchObject({ outcome: 'warning', message: expect.stringMatching(/3\d{3} s behind/) })
    expect(found.app).toMatchObject({ outcome: 'ok' })
  })

  it.each<[string, object, RegExp]>([
    ['a fault of the org', { status: 503 }, /503/],
    ['a page of the network', { html: true, status: 200 }, /not that of an Okta org/],
    ['a rate limit', { status: 429 }, /rate limit/],
    ['a broken connection', { drop: true }, /cannot be reached/],
  ])('%s', async (_what, spec, message) => {
    using _fault = okta.fault({ endpoint: '/.well-known/okta-organization', ...spec })
    const found = await findings(service())
    expect(found.org).toMatchObject({ outcome: 'failure', message: expect.stringMatching(message) })
    expect(found.app).toBeUndefined()
  })

  it('a port that is taken', async () => {
    const server = createServer()
    await new Promise<void>(resolve => server.listen(Number(new URL(redirectUri).port), '127.0.0.1', resolve))
    try {
      const { callback_port } = await findings(spa())
      expect(callback_port).toMatchObject({ outcome: 'failure', message: expect.stringContaining('EADDRINUSE') })
    } finally {
      server.close()
    }
  })

  it('a browser that is not there', async () => {
    const { browser } = await findings(spa(), {}, { PATH: '/nowhere' })
    expect(browser).toMatchObject({ outcome: 'warning', remedy: { id: 'sign_in_elsewhere' } })
  })

  it('a store that cannot be written', async () => {
    const store = createFileStore({ directory: '/dev/null/tokens' })
    expect((await findings(service(), { store })).store).toMatchObject({ outcome: 'failure' })
    const shared = createFileStore({ directory: tmpdir() })
    expect((await findings(service(), { store: shared })).store).toMatchObject({
      fix: expect.stringContaining('chmod'),
    })
  })

  it('a proxy that is no URL', async () => {
    const fetch = async () => expect.unreachable('something was sent')
    const found = await findings(service(), { fetch }, { HTTPS_PROXY: 'nonsense', PATH: '/usr/bin' })
    expect(outcomes(found)).toMatchObject({ proxy: 'failure', dns: 'skipped', org: 'skipped' })
  })
})
