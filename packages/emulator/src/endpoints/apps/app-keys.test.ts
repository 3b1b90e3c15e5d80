import { generateKeyPairSync } from 'node:crypto'
import type { JWK } from 'jose'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ecKey } from '../../../test/support/key-server.test.support.js'
import { clientCredentials, post, send, serviceToken } from '../../../test/support/relying-party.test.support.js'
import { type OktaEmulator, startOktaEmulator } from '../../start-okta-emulator.js'

const OWN_KEYS = '0oaServiceApp0000001'
const SCOPES = ['okta.apps.read', 'okta.apps.manage', 'okta.users.read']
const [first, second] = await Promise.all([ecKey('first'), ecKey('second')])
const publicOf = ({ d: _private, ...key }: JWK) => key

let okta: OktaEmulator
beforeEach(async () => {
  okta = await startOktaEmulator({
    clients: [
      { kind: 'service', clientId: OWN_KEYS, scopes: SCOPES, jwks: publicOf(first) },
      { kind: 'web', scopes: SCOPES },
    ],
    users: [{ login: 'admin@example.com' }, { login: 'member@example.com', adminRole: false }],
    apiTokens: [{ value: '00admin' }, { value: '00member', login: 'member@example.com' }],
  })
})
afterEach(() => okta.close())

const JWKS = `/api/v1/apps/${OWN_KEYS}/credentials/jwks`
const call = (method: string, path: string, body?: object, authorization = 'SSWS 00admin') =>
  send(new URL(path, okta.orgUrl), {
    method,
    headers: { authorization, 'content-type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  })
const add = async (body: object) => call('POST', JWKS, body)
const failure = (cause: string) => ({
  status: 400,
  body: {
    errorCode: 'E0000001',
    errorSummary: 'Api validation failed: JsonWebKey',
    errorCauses: [{ errorSummary: cause }],
  },
})
const signIn = async (jwk: JWK) => {
  const { status, body } = await post(
    okta,
    '/oauth2/v1/token',
    await clientCredentials(okta, okta.client('service'), { jwk }),
  )
  return status === 200 ? 200 : body.error_description
}

describe('the keys of an app', () => {
  it('are added, listed, read, deactivated, activated and deleted', async () => {
    const created = await add(publicOf(second))
    const path = `${JWKS}/${created.body.id}`
    const url = new URL(path, okta.orgUrl).href
    expect(created).toMatchObject({
      status: 201,
      body: {
        ...publicOf(second),
        id: expect.stringMatching(/^pks\w{17}$/),
        status: 'ACTIVE',
        created: created.body.lastUpdated,
        _links: { deactivate: { href: `${url}/lifecycle/deactivate`, hints: { allow: ['POST'] } } },
      },
    })
    expect((await call('GET', path)).body).toEqual(created.body)
    expect((await call('GET', JWKS)).body).toEqual({
      keys: [expect.objectContaining({ kid: 'first' }), created.body],
    })
    okta.advanceClock(60_000)
    const inactive = await call('POST', `${path}/lifecycle/deactivate`)
    expect(inactive).toMatchObject({
      status: 200,
      body: {
        status: 'INACTIVE',
        created: created.body.created,
        _links: {
          activate: { href: `${url}/lifecycle/activate`, hints: { allow: ['POST'] } },
          delete: { href: url, hints: { allow: ['DELETE'] } },
        },
      },
    })
    expect(inactive.body.lastUpdated).not.toBe(created.body.lastUpdated)
    expect(await call('POST', `${path}/lifecycle/activate`)).toMatchObject({ status: 200, body: { status: 'ACTIVE' } })
    await call('POST', `${path}/lifecycle/deactivate`)
    expect((await call('DELETE', path)).status).toBe(204)
    expect((await call('GET', path)).status).toBe(404)
  })

  it('verify assertions while they are active', async () => {
    expect(await signIn(second)).toBe('The client_assertion JWT kid is invalid.')
    const { body } = await add({ ...publicOf(second), status: 'INACTIVE' })
    expect(await signIn(second)).toBe('The client_assertion JWT kid is invalid.')
    await call('POST', `${JWKS}/${body.id}/lifecycle/activate`)
    expect([await signIn(first), await signIn(second)]).toEqual([200, 200])
    const [{ id }] = (await call('GET', JWKS)).body.keys as [{ id: string }]
    await call('POST', `${JWKS}/${id}/lifecycle/deactivate`)
    expect([await signIn(first), await signIn(second)]).toEqual(['The client_assertion JWT kid is invalid.', 200])
  })

  it('stay when another setting of the app changes, and are deleted when its keys are at a URL', async () => {
    const { body } = await add(publicOf(second))
    await okta.update(OWN_KEYS, { dpop: false })
    expect((await call('GET', `${JWKS}/${body.id}`)).body).toEqual(body)
    await okta.update(OWN_KEYS, { jwksUri: 'https://keys.example.com/jwks.json' })
    expect((await call('GET', JWKS)).body).toEqual({ keys: [] })
    expect(await add(publicOf(second))).toMatchObject(failure("You can't add a key to an app that has a 'jwks_uri'."))
    await okta.reset()
    expect((await call('GET', JWKS)).body.keys).toEqual([expect.objectContaining({ kid: 'first' })])
  })

  it('cannot be deactivated when no other is active, or deleted while active', async () => {
    const [{ id }] = (await call('GET', JWKS)).body.keys as [{ id: string }]
    await add({ ...publicOf(second), status: 'INACTIVE' })
    expect(await call('POST', `${JWKS}/${id}/lifecycle/deactivate`)).toMatchObject(
      failure(
        "Can't deactivate the only active JSON Web Key when the value for `token_endpoint_auth_method` is `private_key_jwt`.",
      ),
    )
    expect(await call('DELETE', `${JWKS}/${id}`)).toMatchObject(
      failure("You can't delete an active JSON Web key. Deactivate the key before deleting it."),
    )
  })

  it('are at most 50', async () => {
    for (let count = 1; count < 50; count += 1) await add({ ...publicOf(second), kid: `key-${count}` })
    const { status, text } = await add(publicOf(second))
    expect(status).toBe(400)
    expect(text).toContain('You have reached the maximum number of keys allowed (50).')
  })

  const shortKey = generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey.export({ format: 'jwk' })
  it.each<[string, object, string]>([
    ['has the kid of another key', { ...publicOf(second), kid: 'first' }, 'must have a unique `kid`'],
    ['has no kid', { ...publicOf(second), kid: undefined }, 'Each key should have a unique kid when adding multiple'],
    ['is an RSA key of 1024 bits', { ...shortKey, kid: 'short' }, "is less than '2,048' bits"],
    ['is a private key', second, 'The key must be a public key.'],
    ['is not a valid key', { kty: 'RSA', kid: 'x' }, 'The key must be a valid RSA or EC key.'],
    ['is for encryption', { ...publicOf(second), use: 'enc' }, 'supports only signing keys'],
    ['has an unknown status', { ...publicOf(second), status: 'REVOKED' }, 'The status must be ACTIVE or INACTIVE.'],
  ])('are not changed when the new key %s', async (_case, key, cause) => {
    expect(await add(key)).toMatchObject(failure(expect.stringContaining(cause) as never))
    expect((await call('GET', JWKS)).body.keys).toHaveLength(1)
  })

  it('are not found for an unknown app or key', async () => {
    const missing = (text: string) => ({
      status: 404,
      body: { errorSummary: `Not found: Resource not found: ${text}` },
    })
    expect(await call('GET', '/api/v1/apps/0oaUnknown/credentials/jwks')).toMatchObject(
      missing('0oaUnknown (AppInstance)'),
    )
    expect(await call('GET', `${JWKS}/pksUnknown`)).toMatchObject(missing('pksUnknown (JsonWebKey)'))
  })
})

describe('permission to change the keys of a service app', () => {
  const forbidden = { status: 403, body: { errorCode: 'E0000006' } }

  it('is denied to the app itself, which can read them', async () => {
    const token = `Bearer ${await serviceToken(okta, { ...okta.client('service'), jwk: first }, 'okta.apps.manage')}`
    const listed = await call('GET', JWKS, undefined, token)
    expect(listed.status).toBe(200)
    const [{ id }] = listed.body.keys as [{ id: string }]
    expect(await call('POST', JWKS, publicOf(second), token)).toMatchObject(forbidden)
    expect(await call('POST', `${JWKS}/${id}/lifecycle/deactivate`, undefined, token)).toMatchObject(forbidden)
    expect(await call('DELETE', `${JWKS}/${id}`, undefined, token)).toMatchObject(forbidden)
    const web = `/api/v1/apps/${okta.client('web').clientId}/credentials/jwks`
    expect(await call('POST', web, publicOf(second), token)).toMatchObject({ status: 201 })
  })

  it('is denied without okta.apps.manage, and to a user without an admin role', async () => {
    const token = await serviceToken(okta, { ...okta.client('service'), jwk: first }, 'okta.apps.read')
    expect(await call('GET', JWKS, undefined, `Bearer ${token}`)).toMatchObject({ status: 200 })
    const denied = await call('POST', JWKS, publicOf(second), `Bearer ${token}`)
    expect(denied).toMatchObject(forbidden)
    expect(denied.headers.get('www-authenticate')).toContain('scope="okta.apps.manage"')
    expect(await call('POST', JWKS, publicOf(second), 'SSWS 00member')).toMatchObject(forbidden)
  })
})

describe('GET /api/v1/apps/{id}', () => {
  it('returns the app with its keys, without its secret', async () => {
    const { body } = await call('GET', `/api/v1/apps/${OWN_KEYS}`)
    expect(body).toMatchObject({
      id: OWN_KEYS,
      name: 'oidc_client',
      status: 'ACTIVE',
      signOnMode: 'OPENID_CONNECT',
      credentials: { oauthClient: { client_id: OWN_KEYS, token_endpoint_auth_method: 'private_key_jwt' } },
      settings: {
        oauthClient: {
          application_type: 'service',
          grant_types: ['client_credentials'],
          jwks: { keys: [{ ...publicOf(first), id: expect.stringMatching(/^pks/), status: 'ACTIVE' }] },
        },
      },
    })
    const web = okta.client('web')
    const { text } = await call('GET', `/api/v1/apps/${web.clientId}`)
    expect(text).toContain('client_secret_basic')
    expect(text).not.toContain(web.clientSecret)
  })

  it('returns the URL of the keys, and the status of the app', async () => {
    const jwksUri = 'https://keys.example.com/jwks.json'
    await okta.update(OWN_KEYS, { jwksUri, active: false })
    const { body } = await call('GET', `/api/v1/apps/${OWN_KEYS}`)
    expect(body).toMatchObject({ status: 'INACTIVE', settings: { oauthClient: { jwks_uri: jwksUri } } })
    expect(body).not.toHaveProperty('settings.oauthClient.jwks')
  })
})
