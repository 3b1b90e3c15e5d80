import { generateKeyPairSync } from 'node:crypto'
import { type OktaEmulator, startOktaEmulator } from '@connect-okta/emulator'
import { exportJWK } from 'jose'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { rsaKey } from '../../../../scripts/testing/rsa-key.js'
import { serviceAppOptions } from '../../test/support/service-org.test.support.js'
import { freeRedirectUri, TestUser } from '../../test/support/sign-in-org.test.support.js'
import { connect, type OktaConnectError } from '../index.js'
import { createMemoryStore } from '../stores/memory-store.js'

let okta: OktaEmulator
beforeAll(async () => {
  const keys = await Promise.all(
    ['first', 'second'].map(async kid => ({
      ...(await exportJWK(generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey)),
      kid,
    })),
  )
  okta = await startOktaEmulator({
    clients: [
      { kind: 'service' },
      { kind: 'spa' },
      { kind: 'web' },
      { kind: 'service', jwks: { keys } },
      { kind: 'service', accessPolicy: false },
    ],
    authorizationServers: [{ id: 'default', scopes: ['orders:read'] }],
  })
})
afterAll(() => okta.close())
afterEach(() => okta.reset())

const otherKey = rsaKey().privateJwk
interface ExpectedError {
  readonly code: string
  /** Matches Okta's error description. */
  readonly description: RegExp
  readonly hint: RegExp
}

async function expectError(change: object, { code, description, hint }: ExpectedError): Promise<void> {
  const attempt = connect({ ...serviceAppOptions(okta), ...change }, { store: createMemoryStore() })
  const error: OktaConnectError = await attempt.then(
    () => expect.unreachable('Okta accepted the request'),
    caught => caught,
  )
  expect(error).toMatchObject({ code, hint: expect.stringMatching(hint) })
  expect(error.oauth?.description).toMatch(description)
  expect(error.message).toContain(error.oauth?.description)
}

async function expectRemedy(change: object, id: string): Promise<void> {
  const attempt = connect({ ...serviceAppOptions(okta), ...change }, { store: createMemoryStore() })
  await expect(attempt).rejects.toMatchObject({ remedy: { id } })
}

// Common mistakes of administrators who set up an app.
describe('the hint names the setting in Okta when the request has', () => {
  it('an unknown client ID', () =>
    expectError(
      { clientId: '0oaNotThere000000000' },
      {
        code: 'client_rejected',
        description: /Invalid value for 'client_id'/,
        hint: /0oaNotThere000000000 is an active app of 127.*General > Client ID/,
      },
    ))

  it('a key that the app does not have', () =>
    expectError(
      { jsonWebKey: { ...otherKey, kid: 'unknown' } },
      { code: 'client_rejected', description: /kid is invalid/, hint: /"kid".*Public keys/ },
    ))

  it('another key under the id of a key that the app has', () =>
    expectError(
      { jsonWebKey: { ...otherKey, kid: okta.client('service').jwk?.kid } },
      { code: 'client_rejected', description: /signature is invalid/, hint: /does not match the public key/ },
    ))

  it('a key without an id for an app with several keys', () =>
    expectError(
      { clientId: okta.clients[3]?.clientId, jsonWebKey: otherKey },
      { code: 'client_rejected', description: /kid is invalid/, hint: /no "kid" and the app has several keys/ },
    ))

  it('a scope that is not granted', () =>
    expectError(
      { scopes: ['okta.apps.manage'] },
      {
        code: 'scope_rejected',
        description: /not allowed any/,
        hint: /Grant okta\.apps\.manage at .*Okta API Scopes > Grant/,
      },
    ))

  it('a custom scope at the org authorization server', async () => {
    const rejected = { code: 'scope_rejected', description: /Custom scopes are not allowed/ }
    await expectError({ scopes: ['orders.read'] }, { ...rejected, hint: /Only a custom authorization server/ })
    await expectRemedy({ scopes: ['orders.read'] }, 'set_authorization_server')
  })

  it.each(['okta.user.read', 'okta.users.raed', 'Okta.Users.Read', 'users.read', 'okta.users:read'])(
    'a misspelt scope: %s',
    scope =>
      expectError({ scopes: [scope] }, { code: 'scope_rejected', description: /./, hint: /mean okta\.users\.read\?/ }),
  )

  it('a scope with a wildcard', () =>
    expectError({ scopes: ['okta.users.*'] }, { code: 'scope_rejected', description: /./, hint: /no wildcards/ }))

  it('scopes of a sign-in, for a program', () =>
    expectError(
      { scopes: ['okta.users.read', 'email', 'groups'] },
      { code: 'scope_rejected', description: /./, hint: /Remove email groups/ },
    ))

  it.each([
    ['of the API at a custom authorization server', { authorizationServer: 'default' }],
    ['of the API at an authorization server that does not exist', { authorizationServer: 'ausNone' }],
  ])('a scope %s', async (_what, change) => {
    await expectError(change, {
      code: expect.any(String) as never,
      description: /./,
      hint: /Omit the authorization server/,
    })
    await expectRemedy(change, 'omit_authorization_server')
  })

  it('a scope that the custom authorization server does not have', () =>
    expectError(
      { authorizationServer: 'default', scopes: ['orders:nope'] },
      { code: 'scope_rejected', description: /not configured/, hint: /Authorization Servers > default > Scopes/ },
    ))

  it('an authorization server that does not exist', () =>
    expectError(
      { authorizationServer: 'ausNone', scopes: ['orders:read'] },
      { code: 'oauth_failed', description: /AuthorizationServer/, hint: /no authorization server with the ID ausNone/ },
    ))

  it('a custom authorization server in an org without API Access Management', async () => {
    okta.setFeatures({ apiAccessManagement: false })
    await expectError(
      { authorizationServer: 'default', scopes: ['orders:read'] },
      { code: 'oauth_failed', description: /permission to access the feature/, hint: /API Access Management/ },
    )
    await expectRemedy({ authorizationServer: 'default' }, 'omit_authorization_server')
  })

  it('a client that the access policies do not allow', () =>
    expectError(
      { ...serviceAppOptions(okta, okta.clients[4]), authorizationServer: 'default', scopes: ['orders:read'] },
      { code: 'client_rejected', description: /Policy evaluation failed/, hint: /default > Access Policies/ },
    ))

  it('an error with the status 200', async () => {
    const body = '{"error":"invalid_client","error_description":"The client is unknown here."}'
    using _fault = okta.fault({ endpoint: '/oauth2/v1/token', status: 200, body })
    await expectError({}, { code: 'client_rejected', description: /unknown here/, hint: /active app/ })
  })

  it('an access that is denied to a program', async () => {
    using _fault = okta.fault({ endpoint: '/oauth2/v1/token', status: 400, body: '{"error":"access_denied"}' })
    await expect(connect(serviceAppOptions(okta), { store: createMemoryStore() })).rejects.toMatchObject({
      code: 'client_rejected',
      hint: expect.stringContaining('System Log'),
    })
  })

  it('a key for an app that signs users in', () =>
    expectError(
      { clientId: okta.client('spa').clientId },
      {
        code: 'client_rejected',
        description: /token_endpoint_auth_method|Client authentication|not allowed/i,
        hint: /Applications|client ID/,
      },
    ))

  it('no secret, for an app that must authenticate', async () => {
    const redirectUri = await freeRedirectUri()
    const { clientId } = okta.client('web')
    await okta.update(clientId, { redirectUris: [redirectUri] })
    const { openBrowser } = new TestUser(okta)
    const attempt = connect(
      { tenant: okta.orgUrl.origin, clientId, redirectUri, scopes: ['okta.users.read'] },
      { store: createMemoryStore(), openBrowser },
    )
    await expect(attempt).rejects.toMatchObject({
      code: 'client_rejected',
      oauth: { description: 'No client credentials found.' },
      hint: expect.stringContaining('active Single-Page or Native app'),
    })
  })
})
