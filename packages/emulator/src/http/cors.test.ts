import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  authorizeUrl,
  callApi,
  clientCredentials,
  PKCE,
  post,
  send,
  serviceToken,
} from '../../test/support/relying-party.test.support.js'
import { type OktaEmulator, startOktaEmulator } from '../start-okta-emulator.js'
import { ScriptedBrowser } from '../testing/scripted-browser.js'

const SPA = 'http://localhost:8080'
const TRUSTED = 'http://localhost:3000'
const OTHER = 'http://localhost:4000'

let okta: OktaEmulator
beforeAll(async () => {
  okta = await startOktaEmulator({ trustedOrigins: [TRUSTED], authorizationServers: [{ id: 'default' }] })
})
afterAll(() => okta.close())

const at = (path: string) => new URL(path, okta.orgUrl)
const preflight = (path: string, origin: string, method = 'GET', headers = 'content-type,x-okta-user-agent-extended') =>
  send(at(path), {
    method: 'OPTIONS',
    headers: { origin, 'access-control-request-method': method, 'access-control-request-headers': headers },
  })
const allowed = (headers: Headers) => headers.get('access-control-allow-origin')

const READABLE = [
  '/.well-known/openid-configuration',
  '/.well-known/okta-organization',
  '/oauth2/default/.well-known/openid-configuration',
  '/oauth2/default/.well-known/oauth-authorization-server',
  '/oauth2/v1/keys',
  '/oauth2/default/v1/keys',
  '/oauth2/v1/userinfo',
]

describe('pages of a trusted origin, or of a single-page app,', () => {
  it.each(READABLE.flatMap(path => [SPA, TRUSTED].map(origin => [path, origin])))(
    'can read %s from %s',
    async (path, origin) => {
      const answer = await preflight(path, origin)
      expect(answer.status).toBe(200)
      expect(allowed(answer.headers)).toBe(origin)
      expect(answer.headers.get('access-control-allow-headers')).toContain('x-okta-user-agent-extended')
      const { headers } = await send(at(path), { headers: { origin } })
      expect([allowed(headers), headers.get('vary')]).toEqual([origin, 'Origin'])
    },
  )

  it.each(['/oauth2/v1/introspect', '/oauth2/v1/revoke', '/oauth2/v1/device/authorize'])('can call %s', async path => {
    expect(allowed((await preflight(path, SPA, 'POST')).headers)).toBe(SPA)
    const { status, headers } = await post(okta, path, { client_id: okta.client('spa').clientId }, { origin: SPA })
    expect([status, allowed(headers)]).toEqual([400, SPA])
  })
})

describe('pages of another origin', () => {
  it.each(READABLE)('cannot read %s', async path => {
    expect(allowed((await preflight(path, OTHER)).headers)).toBeNull()
    const { headers } = await send(at(path), { headers: { origin: OTHER } })
    expect([allowed(headers), headers.get('vary')]).toEqual([null, 'Origin'])
  })

  it('can read a response of the API to a request with an access token', async () => {
    const token = await serviceToken(okta)
    const headers = { origin: OTHER, authorization: `Bearer ${token}` }
    expect(allowed((await send(at('/api/v1/users'), { headers })).headers)).toBe(OTHER)
    expect(allowed((await preflight('/api/v1/users', OTHER, 'GET', 'authorization')).headers)).toBe(OTHER)
  })

  it('cannot read an endpoint for which Okta has no CORS', async () => {
    const token = await serviceToken(okta, okta.client('service'), 'okta.users.read')
    const { headers } = await callApi(okta, `/api/v1/users/${okta.users[0]?.id}/factors`, token)
    expect(allowed(headers)).toBeNull()
    expect(await preflight('/oauth2/v1/authorize', SPA)).toMatchObject({ status: 405 })
  })
})

describe('a fault and a rate limit', () => {
  it('do not apply to a preflight, and can be read by a page', async () => {
    okta.fault({ endpoint: '/oauth2/v1/token', status: 503, retryAfterSeconds: 1, times: 1 })
    expect(await preflight('/oauth2/v1/token', SPA, 'POST')).toMatchObject({ status: 204 })
    const faulted = await post(okta, '/oauth2/v1/token', {}, { origin: SPA })
    expect([faulted.status, allowed(faulted.headers)]).toEqual([503, SPA])
    okta.limitRate({ buckets: { '/oauth2/v1/token': { limit: 0 } } })
    expect(await preflight('/oauth2/v1/token', SPA, 'POST')).toMatchObject({ status: 204 })
    const limited = await post(okta, '/oauth2/v1/token', {}, { origin: SPA })
    expect([limited.status, allowed(limited.headers)]).toEqual([429, SPA])
    okta.limitRate()
  })
})

describe('a session of another site', () => {
  it('cannot be read with a made-up Authorization header', async () => {
    const headers = { origin: OTHER, authorization: 'Bearer junk' }
    expect(allowed((await send(at('/api/v1/sessions/me'), { headers })).headers)).toBeNull()
  })
})

describe('the token endpoint', () => {
  it('answers a preflight from any origin', async () => {
    const { status, headers } = await preflight('/oauth2/v1/token', OTHER, 'POST', 'content-type, dpop')
    expect([status, allowed(headers), headers.get('access-control-allow-methods')]).toEqual([204, OTHER, 'POST'])
    expect(headers.get('access-control-max-age')).toBe('3600')
  })

  it('issues tokens to a page with the origin of a redirect URI, and exposes the DPoP nonce', async () => {
    const spa = okta.client('spa')
    const redirect = await new ScriptedBrowser(okta).signIn(authorizeUrl(okta, spa), okta.users[0])
    const form = {
      grant_type: 'authorization_code',
      client_id: spa.clientId,
      redirect_uri: spa.redirectUris?.[0],
      code: redirect.searchParams.get('code') ?? '',
      code_verifier: PKCE.verifier,
    }
    const { status, headers } = await post(okta, '/oauth2/v1/token', form, { origin: SPA })
    expect([status, allowed(headers)]).toEqual([200, SPA])
    expect(headers.get('access-control-expose-headers')).toContain('dpop-nonce')
  })

  it.each([
    ['a single-page app', 'spa', { grant_type: 'refresh_token', refresh_token: 'x' }],
    ['a service app', 'service', undefined],
  ] as const)('rejects a page of another origin: %s', async (_name, kind, form) => {
    const client = okta.client(kind)
    const request = form ? { ...form, client_id: client.clientId } : await clientCredentials(okta, client)
    const { status, headers, body } = await post(okta, '/oauth2/v1/token', request, { origin: OTHER })
    expect([status, allowed(headers), body.error_description]).toEqual([
      400,
      OTHER,
      'Browser requests to the token endpoint must be part of at least one whitelisted redirect_uri.',
    ])
  })
})
