import { generateKeyPairSync } from 'node:crypto'
import { type OktaEmulator, startOktaEmulator } from '@connect-okta/emulator'
import { exportJWK } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { rsaKey } from '../../../../scripts/testing/rsa-key.js'
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
const service = () => {
  const { clientId, jwk } = okta.client('service')
  return { tenant: okta.orgUrl.origin, clientId, jsonWebKey: jwk as object, scopes: ['okta.users.read'] }
}

interface Refusal {
  readonly code: string
  /** What Okta's message contains, and the hint. */
  readonly words: RegExp
  readonly hint: RegExp
}

async function expectRefusal(change: object, { code, words, hint }: Refusal): Promise<void> {
  const attempt = connect({ ...service(), ...change }, { store: createMemoryStore() })
  const failure: OktaConnectError = await attempt.then(
    () => expect.unreachable('Okta accepted it'),
    error => error,
  )
  expect(failure).toMatchObject({ code, hint: expect.stringMatching(hint) })
  expect(failure.oauth?.description).toMatch(words)
  expect(failure.message).toContain(failure.oauth?.description)
}

// What happens to people who set up an app, and where they are sent to.
describe('the hint says what to change in Okta when the request has', () => {
  it('an unknown client id', () =>
    expectRefusal(
      { clientId: '0oaNotThere000000000' },
      {
        code: 'client_rejected',
        words: /Invalid value for 'client_id'/,
        hint: /0oaNotThere000000000 is an active app of 127.*General > Client ID/,
      },
    ))

  it('a key that the app does not have', () =>
    expectRefusal(
      { jsonWebKey: { ...otherKey, kid: 'unknown' } },
      { code: 'client_rejected', words: /kid is invalid/, hint: /"kid".*Public keys/ },
    ))

  it('another key under the id of a key that the app has', () =>
    expectRefusal(
      { jsonWebKey: { ...otherKey, kid: okta.client('service').jwk?.kid } },
      { code: 'client_rejected', words: /signature is invalid/, hint: /does not match the public key/ },
    ))

  it('a key without an id, and the app has several', () =>
    expectRefusal(
      { clientId: okta.clients[3]?.clientId, jsonWebKey: otherKey },
      { code: 'client_rejected', words: /kid is invalid/, hint: /no "kid" and Okta has several/ },
    ))

  it('a scope that is not granted', () =>
    expectRefusal(
      { scopes: ['okta.apps.manage'] },
      {
        code: 'scope_rejected',
        words: /not allowed any/,
        hint: /Grant okta\.apps\.manage at .*Okta API Scopes > Grant/,
      },
    ))

  it('a custom scope at the org authorization server', () =>
    expectRefusal(
      { scopes: ['orders.read'] },
      { code: 'scope_rejected', words: /not configured/, hint: /Okta API Scopes/ },
    ))

  it('a key for an app that signs users in', () =>
    expectRefusal(
      { clientId: okta.client('spa').clientId },
      {
        code: 'client_rejected',
        words: /token_endpoint_auth_method|Client authentication|not allowed/i,
        hint: /Applications|client id/,
      },
    ))
})
