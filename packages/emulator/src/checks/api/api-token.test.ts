import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import {
  accessTokenHash,
  callApi,
  clientCredentials,
  type ProofKey,
  post,
  proofKey,
  send,
  serviceToken,
} from '../../../test/support/relying-party.test.support.js'
import { type OktaEmulator, startOktaEmulator } from '../../start-okta-emulator.js'

let okta: OktaEmulator
let users: URL
beforeAll(async () => {
  okta = await startOktaEmulator()
  users = new URL('/api/v1/users', okta.orgUrl)
})
afterAll(() => okta.close())

const rejected = { status: 401, body: { errorCode: 'E0000011', errorSummary: 'Invalid token provided' } }

/** The members of a WWW-Authenticate challenge. */
function challenge(headers: Headers): Record<string, string> {
  const value = headers.get('www-authenticate') ?? ''
  const members = [...value.matchAll(/(\w+)="([^"]*)"/g)].map(([, name = '', member = '']) => [name, member])
  return { scheme: value.split(' ')[0] ?? '', ...Object.fromEntries(members) }
}

describe('the API with a bearer token', () => {
  it('accepts a token with the scope', async () => {
    expect(await callApi(okta, '/api/v1/users', await serviceToken(okta))).toMatchObject({ status: 200 })
  })

  it('accepts okta.users.manage for reading', async () => {
    const token = await serviceToken(okta, okta.client('service'), 'okta.users.manage')
    expect(await callApi(okta, '/api/v1/users', token)).toMatchObject({ status: 200 })
  })

  it('rejects a request without a token with E0000005', async () => {
    expect(await send(users)).toMatchObject({
      status: 403,
      body: { errorCode: 'E0000005', errorSummary: 'Invalid session', errorCauses: [] },
    })
  })

  it('rejects an unknown token with a challenge', async () => {
    const response = await callApi(okta, '/api/v1/users', 'made-up')
    expect(response).toMatchObject(rejected)
    expect(response.body).toMatchObject({ errorLink: 'E0000011', errorId: expect.stringMatching(/^oae[\w-]{22}$/) })
    expect(challenge(response.headers)).toEqual({
      scheme: 'Bearer',
      authorization_uri: `${okta.orgUrl.origin}/oauth2/v1/authorize`,
      realm: okta.orgUrl.origin,
      scope: 'okta.users.read',
      error: 'invalid_token',
      error_description: 'The access token is invalid.',
      resource: '/api/v1/users',
    })
  })

  it('rejects a token without the scope', async () => {
    const token = await serviceToken(okta, okta.client('service'), 'okta.groups.read')
    const response = await callApi(okta, '/api/v1/users', token)
    expect(response).toMatchObject({
      status: 403,
      body: {
        errorCode: 'E0000006',
        errorSummary: 'You do not have permission to perform the requested action',
      },
    })
    expect(challenge(response.headers)).toMatchObject({
      scheme: 'Bearer',
      scope: 'okta.users.read',
      error: 'insufficient_scope',
      error_description: 'The access token provided does not contain the required scopes.',
    })
  })

  it('sends rate limit headers in successful and error responses', async () => {
    const token = await serviceToken(okta)
    const remaining = async () =>
      Number((await callApi(okta, '/api/v1/users', token)).headers.get('x-rate-limit-remaining'))
    const before = await remaining()
    expect(await remaining()).toBe(before - 1)
    const { headers } = await callApi(okta, '/api/v1/users', 'made-up')
    expect(headers.get('x-rate-limit-limit')).toBe('600')
    expect(Number(headers.get('x-rate-limit-reset'))).toBeGreaterThan(Date.now() / 1000)
  })
})

describe('an access token', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['Date'] })
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  it('expires at the end of its lifetime', async () => {
    const token = await serviceToken(okta)
    vi.advanceTimersByTime(3590_000)
    expect(await callApi(okta, '/api/v1/users', token)).toMatchObject({ status: 200 })
    vi.advanceTimersByTime(11_000)
    expect(await callApi(okta, '/api/v1/users', token)).toMatchObject(rejected)
  })
})

describe('the API with a DPoP token', () => {
  let key: ProofKey
  let token: string
  beforeAll(async () => {
    key = await proofKey()
    const endpoint = new URL('/oauth2/v1/token', okta.orgUrl)
    const sendRequest = async (proof: string) => {
      const form = await clientCredentials(okta, okta.client('service', { dpop: true }))
      return post(okta, '/oauth2/v1/token', form, { dpop: proof })
    }
    const nonce = (await sendRequest(await key.proof('POST', endpoint))).headers.get('dpop-nonce')
    token = String((await sendRequest(await key.proof('POST', endpoint, { nonce }))).body.access_token)
  })

  const call = (proof: string | undefined, scheme = 'DPoP') =>
    send(users, { headers: { authorization: `${scheme} ${token}`, ...(proof !== undefined && { dpop: proof }) } })
  const proof = (changes: Record<string, unknown> = {}) =>
    key.proof('GET', users, { ath: accessTokenHash(token), ...changes })

  it('accepts it with a proof', async () => {
    expect(await call(await proof())).toMatchObject({ status: 200 })
    expect(await call(await proof(), 'dpop')).toMatchObject({ status: 200 })
  })

  it('rejects it as a bearer token', async () => {
    const response = await call(undefined, 'Bearer')
    expect(response).toMatchObject(rejected)
    expect(challenge(response.headers)).toMatchObject({ scheme: 'DPoP', error: 'invalid_token' })
  })

  it('rejects it without a proof', async () => {
    const response = await call(undefined)
    expect(response).toMatchObject(rejected)
    expect(challenge(response.headers)).toMatchObject({
      scheme: 'DPoP',
      algs: 'RS256 RS384 RS512 ES256 ES384 ES512',
      error: 'invalid_dpop_proof',
      error_description: 'The DPoP proof JWT header is missing.',
    })
  })

  it.each([
    ["'htm' claim in the DPoP proof JWT is invalid.", { htm: 'POST' }],
    ["'htu' claim in the DPoP proof JWT is invalid.", { htu: 'https://example.okta.com/api/v1/users' }],
    ["'ath' claim in the DPoP proof does not match the presented access_token.", { ath: accessTokenHash('another') }],
    ["'ath' claim in the DPoP proof does not match the presented access_token.", { ath: undefined }],
  ])('rejects a proof that is wrong: %s', async (description, changes) => {
    const response = await call(await proof(changes))
    expect(response).toMatchObject(rejected)
    expect(challenge(response.headers)).toMatchObject({
      error: 'invalid_dpop_proof',
      error_description: description,
    })
  })

  it('rejects a proof the second time', async () => {
    const once = await proof()
    expect(await call(once)).toMatchObject({ status: 200 })
    expect(await call(once)).toMatchObject(rejected)
  })

  it('rejects a proof by another key', async () => {
    const other = await proofKey()
    const response = await call(await other.proof('GET', users, { ath: accessTokenHash(token) }))
    expect(response).toMatchObject(rejected)
    expect(challenge(response.headers)).toMatchObject({ error: 'invalid_dpop_proof' })
  })

  it('rejects a bearer token with the DPoP scheme', async () => {
    const bearer = await serviceToken(okta)
    const dpop = await key.proof('GET', users, { ath: accessTokenHash(bearer) })
    const response = await send(users, { headers: { authorization: `DPoP ${bearer}`, dpop } })
    expect(response).toMatchObject(rejected)
    expect(challenge(response.headers)).toMatchObject({ scheme: 'Bearer', error: 'invalid_token' })
  })
})
