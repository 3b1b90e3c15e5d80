import { generateKeyPairSync } from 'node:crypto'
import { type OktaEmulator, startOktaEmulator } from '@connect-okta/emulator'
import { exportJWK } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { connect, createMemoryStore, type OktaConnectError } from './index.js'

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

const otherKey = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' })
const service = () => {
  const { clientId, jwk } = okta.client('service')
  return { tenant: okta.orgUrl.origin, clientId, jsonWebKey: jwk as object, scopes: ['okta.users.read'] }
}

// What happens to people who set up an app, and where they are sent to.
describe('when Okta refuses, the user learns what to click', () => {
  it.each<[string, () => object, string, RegExp, RegExp]>([
    [
      'a client id that is not there',
      () => ({ clientId: '0oaNotThere000000000' }),
      'client_rejected',
      /Invalid value for 'client_id'/,
      /0oaNotThere000000000 is an active app of 127.*General > Client ID/,
    ],
    [
      'a key that Okta does not have',
      () => ({ jsonWebKey: { ...otherKey, kid: 'unknown' } }),
      'client_rejected',
      /kid is invalid/,
      /"kid".*Public keys/,
    ],
    [
      'another key under the id of a known one',
      () => ({ jsonWebKey: { ...otherKey, kid: okta.client('service').jwk?.kid } }),
      'client_rejected',
      /signature is invalid/,
      /does not belong to the public key/,
    ],
    [
      'several keys, and none named',
      () => {
        const { kid: _kid, ...jsonWebKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({
          format: 'jwk',
        })
        return { clientId: okta.clients[3]?.clientId, jsonWebKey }
      },
      'client_rejected',
      /kid is invalid/,
      /several and cannot choose/,
    ],
    [
      'a scope that nobody granted',
      () => ({ scopes: ['okta.apps.manage'] }),
      'scope_rejected',
      /not allowed any/,
      /Grant okta\.apps\.manage at .*Okta API Scopes > Grant/,
    ],
    [
      'a scope of one’s own at the org’s server',
      () => ({ scopes: ['orders.read'] }),
      'scope_rejected',
      /not configured/,
      /Okta API Scopes/,
    ],
    [
      'an app that signs people in, connected by key',
      () => ({ clientId: okta.client('spa').clientId }),
      'client_rejected',
      /token_endpoint_auth_method|Client authentication|not allowed/i,
      /Applications|client id/,
    ],
  ])('%s', async (_what, change, code, words, hint) => {
    const attempt = connect({ ...service(), ...change() }, { store: createMemoryStore() })
    const failure: OktaConnectError = await attempt.then(
      () => expect.unreachable('it was let through'),
      error => error,
    )
    expect(failure).toMatchObject({ code, hint: expect.stringMatching(hint) })
    expect(failure.oauth?.description).toMatch(words)
    expect(failure.message).toContain(failure.oauth?.description)
  })
})
