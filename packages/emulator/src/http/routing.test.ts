import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  accessTokenHash,
  clientCredentials,
  post,
  proofKey,
  send,
} from '../../test/support/relying-party.test.support.js'
import { type OktaEmulator, startOktaEmulator } from '../start-okta-emulator.js'

let okta: OktaEmulator
beforeAll(async () => {
  okta = await startOktaEmulator({ authorizationServers: [{ id: 'default', scopes: ['orders:read'] }] })
})
afterAll(() => okta.close())

const ssws = () => ({ authorization: `SSWS ${okta.apiTokens[0]?.value}` })
const at = (path: string) => `${okta.orgUrl.origin}${path}`

describe('routing', () => {
  it.each(['//api/v1/users', '/api/v1/users/', '//api//v1//users/?limit=2'])('routes %s like Okta', async path => {
    const { status, text: body } = await send(at(path), { headers: ssws() })
    expect({ status, isList: body.startsWith('[{') }).toEqual({ status: 200, isList: true })
  })

  it.each(['/oauth2/v1/token/', '//oauth2/v1/token'])('issues a token at %s', async path => {
    const form = await clientCredentials(okta, okta.client('service'))
    expect(await post(okta, at(path), form)).toMatchObject({ status: 200 })
  })

  it('issues a token of a custom authorization server with a slash at the end', async () => {
    const form = await clientCredentials(okta, okta.client('service'), {
      scope: 'orders:read',
      path: '/oauth2/default/v1/token',
    })
    expect(await post(okta, at('/oauth2/default/v1/token/'), form)).toMatchObject({ status: 200 })
  })

  it('accepts a DPoP proof for a URL with a double slash', async () => {
    const [key, client, url] = [await proofKey(), okta.client('service', { dpop: true }), at('/oauth2/v1/token')]
    const request = async (changes: Record<string, unknown>) =>
      post(okta, '/oauth2/v1/token', await clientCredentials(okta, client), {
        dpop: await key.proof('POST', url, changes),
      })
    const nonce = (await request({})).headers.get('dpop-nonce')
    const { body } = await request({ nonce })
    const users = at('//api/v1/users')
    const dpop = await key.proof('GET', users, { ath: accessTokenHash(body.access_token) })
    expect(await send(users, { headers: { authorization: `DPoP ${body.access_token}`, dpop } })).toMatchObject({
      status: 200,
    })
  })

  it.each([
    '/api/v1/groups/rules',
    '/api/v1/telepathy',
    '/api/v2/users',
    '/oauth2/v1/telepathy',
    '/oauth2/default/v1/telepathy',
  ])('returns E0000008 for the unknown path %s', async path => {
    expect(await send(at(path))).toMatchObject({
      status: 404,
      body: { errorCode: 'E0000008', errorSummary: 'The requested path was not found' },
    })
  })

  it.each([
    ['GET', '/oauth2/v1/token'],
    ['POST', '/oauth2/v1/keys'],
    ['PATCH', '/api/v1/users'],
    ['GET', '/oauth2/default/v1/token'],
  ])('returns E0000022 for %s %s', async (method, path) => {
    expect(await send(at(path), { method })).toMatchObject({ status: 405, body: { errorCode: 'E0000022' } })
  })

  it('shows a page at any other unknown path', async () => {
    const { status, headers } = await send(at('/login'))
    expect([status, headers.get('content-type')]).toEqual([404, 'text/html; charset=utf-8'])
  })

  it('accepts an API token without a space after SSWS, as okta-sdk-python 3 sends it', async () => {
    const authorization = `SSWS${okta.apiTokens[0]?.value}`
    expect(await send(at('/api/v1/users'), { headers: { authorization } })).toMatchObject({ status: 200 })
  })
})

describe('the names of headers', () => {
  /** Header names as they are on the wire. Node converts them to lower case. */
  async function namesOf(request: string, body = ''): Promise<readonly string[]> {
    const socket = connect(Number(okta.localUrl.port), '127.0.0.1')
    socket.write(
      `${request}\r\nHost: ${okta.orgUrl.host}\r\nConnection: close\r\n${body === '' ? '' : `Content-Type: application/x-www-form-urlencoded\r\nContent-Length: ${body.length}\r\n`}\r\n${body}`,
    )
    const [head = ''] = (await text(socket)).split('\r\n\r\n')
    return head
      .split('\r\n')
      .slice(1)
      .map(line => line.replace(/:.*/, ''))
  }
  const RATE_LIMIT = ['x-rate-limit-limit', 'x-rate-limit-remaining', 'x-rate-limit-reset']
  const CACHE = ['Cache-Control', 'Expires', 'Pragma', 'referrer-policy']
  const ALWAYS = ['Connection', 'Content-Type', 'Date', 'Transfer-Encoding', 'x-content-type-options']
  const COMMON = ['accept-ch', 'content-security-policy', 'p3p', 'x-okta-request-id', 'x-xss-protection']

  it('are those of recorded responses for a list', async () => {
    const names = await namesOf(`GET /api/v1/users?limit=1 HTTP/1.1\r\nAuthorization: SSWS ${okta.apiTokens[0]?.value}`)
    expect(names.toSorted()).toEqual([...ALWAYS, ...COMMON, ...CACHE, ...RATE_LIMIT, 'Link', 'Link', 'Vary'].sort())
  })

  it('are those of recorded responses for a token request', async () => {
    const rejected = await namesOf('POST /oauth2/v1/token HTTP/1.1', 'grant_type=client_credentials')
    expect(rejected.toSorted()).toEqual([...ALWAYS, ...COMMON, ...CACHE, ...RATE_LIMIT, 'Vary'].sort())
    const form = await clientCredentials(okta, okta.client('service'))
    const issued = await namesOf(
      'POST /oauth2/v1/token HTTP/1.1',
      String(new URLSearchParams(form as Record<string, string>)),
    )
    expect(issued.toSorted()).toEqual([...rejected, 'X-Robots-Tag'].sort())
  })

  it('are few for a method that the path does not support', async () => {
    expect((await namesOf('PATCH /api/v1/users HTTP/1.1')).toSorted()).toEqual(ALWAYS.toSorted())
  })
})
