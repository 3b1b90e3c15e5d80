import { generateKeyPairSync } from 'node:crypto'
import { type OktaEmulator, startOktaEmulator } from '@connect-okta/emulator'
import { exportJWK } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { rsaKey } from '../../../../scripts/testing/rsa-key.js'
import { serviceAppOptions } from '../../test/support/service-org.test.support.js'
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
    clients: [{ kind: 'service' }, { kind: 'spa' }, { kind: 'web' }, { kind: 'service', jwks: { keys } }],
  })
})
afterAll(() => okta.close())

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

// Common mistakes of administrators who set up an app.
describe('the hint names the setting in Okta when the request has', () => {
  it('an unknown client id', () =>
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
      { code: 'client_rejected', description: /kid is invalid/, hint: /no "kid" and Okta has several/ },
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

  it('a custom scope at the org authorization server', () =>
    expectError(
      { scopes: ['orders.read'] },
      { code: 'scope_rejected', description: /not configured/, hint: /Okta API Scopes/ },
    ))

  it('a key for an app that signs users in', () =>
    expectError(
      { clientId: okta.client('spa').clientId },
      {
        code: 'client_rejected',
        description: /token_endpoint_auth_method|Client authentication|not allowed/i,
        hint: /Applications|client id/,
      },
    ))
})
