import { exportJWK, generateKeyPair, type JWK } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { rsaKey } from '../../../../../scripts/testing/rsa-key.js'
import {
  type AssertionChanges,
  clientAssertion,
  clientCredentials,
  post,
} from '../../../test/support/relying-party.test.support.js'
import { type OktaEmulator, startOktaEmulator } from '../../start-okta-emulator.js'

const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'ES256', 'ES384', 'ES512']

let okta: OktaEmulator
const keys = new Map<string, JWK>()

beforeAll(async () => {
  for (const alg of ALGORITHMS) {
    const key = alg.startsWith('RS')
      ? (rsaKey().privateJwk as JWK)
      : await exportJWK((await generateKeyPair(alg, { extractable: true })).privateKey)
    keys.set(alg, { ...key, alg, kid: `the-${alg}-key` })
  }
  okta = await startOktaEmulator({
    clients: [
      { kind: 'service' },
      { kind: 'service', clientId: '0oaSeveralKeys000001', jwks: { keys: [...keys.values()].map(publicKeyOf) } },
      { kind: 'web' },
    ],
  })
})
afterAll(() => okta.close())

const seconds = (offset: number) => Math.floor(Date.now() / 1000) + offset

async function sendRequest(changes: AssertionChanges, client = okta.client('service')) {
  const { status, body } = await post(okta, '/oauth2/v1/token', await clientCredentials(okta, client, changes))
  return { status, error: body.error, description: body.error_description }
}

describe('private_key_jwt', () => {
  it('accepts a valid assertion', async () => {
    expect(await sendRequest({})).toMatchObject({ status: 200 })
  })

  async function rejection(changes: AssertionChanges): Promise<string | undefined> {
    const { description, ...rest } = await sendRequest(changes)
    expect(rest).toEqual({ status: 401, error: 'invalid_client' })
    return description
  }
  const WRONG_AUDIENCE = 'The audience claim for client_assertion must be the endpoint invoked for the request.'

  it('rejects an assertion whose audience is the issuer', async () => {
    expect(await rejection({ claims: { aud: okta.orgUrl.origin } })).toBe(WRONG_AUDIENCE)
  })

  it('rejects an assertion whose audience is another endpoint', async () => {
    expect(await rejection({ claims: { aud: new URL('/oauth2/v1/revoke', okta.orgUrl).href } })).toBe(WRONG_AUDIENCE)
  })

  it('rejects an expired assertion', async () => {
    expect(await rejection({ claims: { exp: seconds(-1) } })).toBe('The client_assertion token is expired.')
  })

  it('rejects an assertion that expires in more than an hour', async () => {
    const tooFar = 'The client_assertion token has an expiration too far into the future.'
    expect(await rejection({ claims: { exp: seconds(3660) } })).toBe(tooFar)
  })

  it('rejects an assertion without exp', async () => {
    const missing = "The client_assertion must contain the 'exp' claim as seconds since epoch."
    expect(await rejection({ claims: { exp: undefined } })).toBe(missing)
  })

  it('rejects an assertion that was issued in the future', async () => {
    const future = 'The client_assertion token must be issued before the current time.'
    expect(await rejection({ claims: { iat: seconds(30) } })).toBe(future)
  })

  it('rejects an assertion whose issuer is not its subject', async () => {
    const mismatch = 'The issuer claim for client_assertion is not a valid client_id.'
    expect(await rejection({ claims: { iss: 'another-client' } })).toBe(mismatch)
  })

  it('rejects an assertion with an unknown kid', async () => {
    expect(await rejection({ header: { kid: 'unknown' } })).toBe('The client_assertion JWT kid is invalid.')
  })

  it('rejects an assertion that another key signed', async () => {
    const jwk = { ...keys.get('RS256'), kid: String(okta.client('service').jwk?.kid) } as JWK
    expect(await rejection({ jwk })).toBe('The client_assertion signature is invalid.')
  })

  it('accepts an assertion that expires in just under an hour', async () => {
    expect(await sendRequest({ claims: { exp: seconds(3590) } })).toMatchObject({ status: 200 })
  })

  it('rejects an assertion with a jti when it is used again', async () => {
    const form = await clientCredentials(okta, okta.client('service'))
    expect(await post(okta, '/oauth2/v1/token', form)).toMatchObject({ status: 200 })
    expect(await post(okta, '/oauth2/v1/token', form)).toMatchObject({
      status: 401,
      body: { error: 'invalid_client', error_description: 'The client_assertion token has already been used.' },
    })
  })

  it('accepts an assertion without a jti more than once', async () => {
    const form = await clientCredentials(okta, okta.client('service'), { claims: { jti: undefined } })
    expect(await post(okta, '/oauth2/v1/token', form)).toMatchObject({ status: 200 })
    expect(await post(okta, '/oauth2/v1/token', form)).toMatchObject({ status: 200 })
  })

  it('rejects an assertion that is not a JWT', async () => {
    const form = { ...(await clientCredentials(okta, okta.client('service'))), client_assertion: 'nonsense' }
    const { clientId: client_id } = okta.client('service')
    expect(await post(okta, '/oauth2/v1/token', { ...form, client_id })).toMatchObject({
      status: 401,
      body: { error: 'invalid_client', error_description: 'The parsing of the client_assertion failed.' },
    })
  })

  it('rejects an assertion without client_assertion_type', async () => {
    const form = { ...(await clientCredentials(okta, okta.client('service'))), client_assertion_type: undefined }
    expect(await post(okta, '/oauth2/v1/token', form)).toMatchObject({
      status: 400,
      body: { error: 'invalid_request', error_description: 'The client_assertion_type is invalid.' },
    })
  })

  it('rejects an assertion when the app has a secret instead of a key', async () => {
    const web = okta.client('web')
    const endpoint = new URL('/oauth2/v1/token', okta.orgUrl).href
    const assertion = await clientAssertion(web, endpoint, { jwk: keys.get('RS256') as JWK })
    const form = { ...(await clientCredentials(okta, okta.client('service'))), client_assertion: assertion }
    expect(await post(okta, '/oauth2/v1/token', form)).toMatchObject({
      status: 401,
      body: {
        error: 'invalid_client',
        error_description: 'Client authentication failed. Either the client or the client credentials are invalid.',
      },
    })
  })
})

describe('an app with several keys', () => {
  const several = () => {
    const client = okta.clients.find(({ clientId }) => clientId === '0oaSeveralKeys000001')
    if (client === undefined) throw new Error('no app')
    return client
  }

  it.each(ALGORITHMS)('accepts %s with the right kid', async alg => {
    expect(await sendRequest({ jwk: keys.get(alg) as JWK }, several())).toMatchObject({ status: 200 })
  })

  it('rejects an assertion without a kid', async () => {
    const changes = { jwk: keys.get('RS256') as JWK, header: { kid: undefined } }
    expect(await sendRequest(changes, several())).toEqual({
      status: 401,
      error: 'invalid_client',
      description: 'The client_assertion JWT kid is invalid.',
    })
  })
})

it('accepts an assertion without a kid when the app has one key', async () => {
  expect(await sendRequest({ header: { kid: undefined } })).toMatchObject({ status: 200 })
})

function publicKeyOf({ kty, n, e, crv, x, y, kid, alg }: JWK): JWK {
  return JSON.parse(JSON.stringify({ kty, n, e, crv, x, y, kid, alg }))
}
