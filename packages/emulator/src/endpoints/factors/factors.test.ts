import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import {
  activate,
  callFactors,
  createCredential,
  enroll,
  type FactorBody,
  WEBAUTHN,
} from '../../../test/support/passkey.test.support.js'
import {
  accessTokenHash,
  callApi,
  clientCredentials,
  post,
  proofKey,
  serviceToken,
} from '../../../test/support/relying-party.test.support.js'
import { type OktaEmulator, startOktaEmulator } from '../../start-okta-emulator.js'

let okta: OktaEmulator
let token: string
beforeAll(async () => {
  okta = await startOktaEmulator({
    clients: [{ kind: 'service' }, { kind: 'service', dpop: true }, { kind: 'service', adminRole: false }],
  })
})
afterAll(() => okta.close())
beforeEach(async () => {
  await okta.reset()
  token = await serviceToken(okta, undefined, 'okta.users.manage')
})

const notFound = (id: string, type: string) => ({
  status: 404,
  body: { errorCode: 'E0000007', errorSummary: `Not found: Resource not found: ${id} (${type})` },
})

describe('POST /api/v1/users/{userId}/factors', () => {
  it('returns the options to create a passkey', async () => {
    const [user] = okta.users
    const { status, text } = await callFactors(okta, token, { method: 'POST', body: WEBAUTHN })
    const body = JSON.parse(text)
    const url = `${okta.orgUrl.origin}/api/v1/users/${user?.id}/factors/${body.id}`
    expect({ status, body }).toEqual({
      status: 200,
      body: {
        id: expect.stringMatching(/^fwf[0-9A-Za-z]{17}$/),
        factorType: 'webauthn',
        provider: 'FIDO',
        vendorName: 'FIDO',
        status: 'PENDING_ACTIVATION',
        created: expect.any(String),
        lastUpdated: body.created,
        _links: {
          activate: { href: `${url}/lifecycle/activate`, hints: { allow: ['POST'] } },
          self: { href: url, hints: { allow: ['GET'] } },
          user: { href: `${okta.orgUrl.origin}/api/v1/users/${user?.id}`, hints: { allow: ['GET'] } },
        },
        _embedded: {
          activation: {
            attestation: 'direct',
            authenticatorSelection: { userVerification: 'preferred', requireResidentKey: true },
            challenge: expect.stringMatching(/^[\w-]{27}$/),
            excludeCredentials: [],
            pubKeyCredParams: [
              { type: 'public-key', alg: -7 },
              { type: 'public-key', alg: -257 },
            ],
            rp: { name: 'Okta emulator' },
            user: { id: user?.id, name: user?.login, displayName: 'Ada Lovelace' },
          },
        },
      },
    })
  })

  it.each(['0', '86401', '-1', '1.5', 'a', ''])('rejects the token lifetime "%s"', async lifetime => {
    const path = `?tokenLifetimeSeconds=${lifetime}`
    expect(await callFactors(okta, token, { method: 'POST', path, body: WEBAUTHN })).toMatchObject({
      status: 400,
      body: {
        errorCode: 'E0000001',
        errorSummary: 'Api validation failed: tokenLifetimeSeconds',
        errorCauses: [{ errorSummary: 'tokenLifetimeSeconds should be in the range of 1 to 86400 inclusive.' }],
      },
    })
  })

  it.each(['1', '86400'])('accepts the token lifetime %s', async lifetime => {
    const path = `?tokenLifetimeSeconds=${lifetime}`
    expect(await callFactors(okta, token, { method: 'POST', path, body: WEBAUTHN })).toMatchObject({ status: 200 })
  })

  it.each([
    [{ factorType: 'sms', provider: 'OKTA' }, 'Factor not allowed for the user based on the Multifactor policy.'],
    [{ factorType: 'webauthn', provider: 'OKTA' }, 'Invalid Factor'],
    [{ factorType: 'telepathy', provider: 'OKTA' }, 'Invalid Factor'],
    [{ factorType: 'webauthn' }, 'Invalid Factor'],
    [{}, 'Invalid Factor'],
  ])('rejects %j', async (body, cause) => {
    expect(await callFactors(okta, token, { method: 'POST', body })).toMatchObject({
      status: 400,
      body: {
        errorCode: 'E0000001',
        errorSummary: 'Api validation failed: factorEnrollRequest',
        errorCauses: [{ errorSummary: cause }],
      },
    })
  })

  it.each([
    ['{"factorType":', 400],
    ['[]', 400],
    ['null', 400],
    ['', 400],
    [JSON.stringify({ ...WEBAUTHN, profile: 'x'.repeat(70_000) }), 413],
  ])('rejects a body that is not well-formed (%#)', async (body, status) => {
    expect(await callFactors(okta, token, { method: 'POST', body })).toMatchObject({
      status,
      body: { errorCode: 'E0000003', errorSummary: 'The request body was not well-formed.' },
    })
  })

  it('rejects a form', async () => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    const body = 'factorType=webauthn&provider=FIDO'
    expect(await callFactors(okta, token, { method: 'POST', body, headers })).toMatchObject({
      status: 400,
      body: { errorCode: 'E0000021' },
    })
  })

  it('returns 404 for an unknown user, and for a login', async () => {
    for (const userId of ['00uUnknownUser000000', okta.users[0]?.login ?? '']) {
      const response = await callFactors(okta, token, { method: 'POST', body: WEBAUTHN, userId })
      expect(response).toMatchObject(notFound(userId, 'User'))
    }
  })
})

describe('the factors of a user', () => {
  it('are listed, read and deleted', async () => {
    const { id, challenge } = await enroll(okta, token)
    await activate(okta, token, id, createCredential(okta, challenge))
    const pending = await enroll(okta, token)
    const listed: FactorBody[] = JSON.parse((await callFactors(okta, token)).text)
    expect(listed.map(factor => [factor.id, factor.status])).toEqual([
      [id, 'ACTIVE'],
      [pending.id, 'PENDING_ACTIVATION'],
    ])
    expect(await callFactors(okta, token, { path: `/${id}` })).toMatchObject({ status: 200, body: { ...listed[0] } })
    for (const deleted of [id, pending.id]) {
      expect(await callFactors(okta, token, { method: 'DELETE', path: `/${deleted}` })).toMatchObject({
        status: 204,
        text: '',
      })
      expect(await callFactors(okta, token, { path: `/${deleted}` })).toMatchObject(notFound(deleted, 'UserFactor'))
    }
    expect((await callFactors(okta, token)).text).toBe('[]')
  })

  it('are not found below another user', async () => {
    const { id } = await enroll(okta, token)
    const other = okta.users[1]?.id
    const request = { path: `/${id}`, userId: other }
    expect(await callFactors(okta, token, request)).toMatchObject(notFound(id, 'UserFactor'))
    expect(await callFactors(okta, token, { ...request, method: 'DELETE' })).toMatchObject(notFound(id, 'UserFactor'))
    const activation = { ...request, method: 'POST', path: `/${id}/lifecycle/activate`, body: {} }
    expect(await callFactors(okta, token, activation)).toMatchObject(notFound(id, 'UserFactor'))
  })
})

describe('a token', () => {
  it('needs a scope: read or manage for GET, manage for changes', async () => {
    const { id } = await enroll(okta, token)
    const reading = await serviceToken(okta, undefined, 'okta.users.read')
    expect(await callFactors(okta, reading)).toMatchObject({ status: 200 })
    for (const request of [
      { method: 'POST', body: WEBAUTHN },
      { method: 'DELETE', path: `/${id}` },
      { method: 'POST', path: `/${id}/lifecycle/activate`, body: {} },
    ]) {
      const response = await callFactors(okta, reading, request)
      expect(response).toMatchObject({ status: 403, body: { errorCode: 'E0000006' } })
      expect(response.headers.get('www-authenticate')).toContain('scope="okta.users.manage"')
    }
  })

  it('is checked before the body', async () => {
    expect(await callFactors(okta, 'invalid', { method: 'POST', body: '{' })).toMatchObject({ status: 401 })
  })

  it('needs an admin role', async () => {
    const app = okta.clients.at(-1)
    const member = await serviceToken(okta, app, 'okta.users.manage')
    for (const request of [{}, { method: 'POST', body: WEBAUTHN }]) {
      expect(await callFactors(okta, member, request)).toMatchObject({
        status: 403,
        body: { errorCode: 'E0000006' },
      })
    }
  })

  it('can be bound by DPoP', async () => {
    const key = await proofKey()
    const client = okta.client('service', { dpop: true })
    const tokenUrl = new URL('/oauth2/v1/token', okta.orgUrl)
    const request = async (claims = {}) =>
      post(okta, tokenUrl.pathname, await clientCredentials(okta, client, { scope: 'okta.users.manage' }), {
        dpop: await key.proof('POST', tokenUrl, claims),
      })
    const nonce = (await request()).headers.get('dpop-nonce')
    const bound = (await request({ nonce })).body.access_token ?? ''
    const url = new URL(`/api/v1/users/${okta.users[0]?.id}/factors?tokenLifetimeSeconds=60`, okta.orgUrl)
    const headers = {
      authorization: `DPoP ${bound}`,
      dpop: await key.proof('POST', url, { ath: accessTokenHash(bound) }),
    }
    const path = url.search
    expect(await callFactors(okta, bound, { method: 'POST', path, body: WEBAUTHN, headers })).toMatchObject({
      status: 200,
    })
  })
})

it('returns 405 for a method that an endpoint does not support', async () => {
  for (const [method, path] of [
    ['PUT', ''],
    ['DELETE', ''],
    ['GET', '/fwf00000000000000000/lifecycle/activate'],
  ] as const) {
    expect(await callFactors(okta, token, { method, path })).toMatchObject({
      status: 405,
      body: { errorCode: 'E0000022', errorSummary: 'The endpoint does not support the provided HTTP method' },
    })
  }
  expect(await callApi(okta, '/api/v1/telepathy', token)).toMatchObject({ status: 404 })
})
