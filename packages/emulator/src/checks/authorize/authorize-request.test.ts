import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { authorizeUrl, redeem } from '../../../test/support/relying-party.test.support.js'
import { type OktaEmulator, startOktaEmulator } from '../../start-okta-emulator.js'
import { ScriptedBrowser } from '../../testing/scripted-browser.js'

let okta: OktaEmulator
beforeAll(async () => {
  okta = await startOktaEmulator({
    clients: [
      { kind: 'spa', redirectUris: ['http://localhost:8080/login/callback', 'http://127.0.0.1:8080/cb?tenant=1'] },
      { kind: 'native', redirectUris: ['com.example.app:/callback'] },
      { kind: 'web' },
      { kind: 'service' },
    ],
  })
})
afterAll(() => okta.close())

const open = (kind: 'spa' | 'native' | 'web' | 'service', changes: Record<string, string | undefined>) =>
  new ScriptedBrowser(okta).open(authorizeUrl(okta, okta.client(kind), changes))

describe('an authorization request that is rejected with an error page', () => {
  it('has an unknown client_id', async () => {
    const { status, text, externalRedirect } = await open('spa', { client_id: '0oaUnknownApp0000000' })
    expect({ status, externalRedirect }).toEqual({ status: 400, externalRedirect: undefined })
    expect(text).toContain('Invalid value for &#39;client_id&#39; parameter.')
  })

  it.each([
    ['with another port', 'http://localhost:8081/login/callback'],
    ['with another path', 'http://localhost:8080/login/callback/'],
    ['with another loopback host', 'http://127.0.0.1:8080/login/callback'],
    ['with another query', 'http://127.0.0.1:8080/cb?tenant=2'],
    ['that is undefined', undefined],
  ])('has a redirect URI %s', async (_what, redirect_uri) => {
    const { status, text, externalRedirect } = await open('spa', { redirect_uri })
    expect({ status, externalRedirect }).toEqual({ status: 400, externalRedirect: undefined })
    expect(text).toContain(
      'The &#39;redirect_uri&#39; parameter must be a Login redirect URI in the client app settings',
    )
  })
})

describe('an authorization request that is rejected by redirect', () => {
  const rejection = async (...request: Parameters<typeof open>) => {
    const { externalRedirect } = await open(...request)
    return Object.fromEntries(externalRedirect?.searchParams ?? [])
  }

  it('is from a public app without PKCE', async () => {
    expect(await rejection('spa', { code_challenge: undefined, code_challenge_method: undefined })).toEqual({
      error: 'invalid_request',
      error_description: 'PKCE code challenge is required by the application.',
      state: 'the-state',
    })
  })

  it.each(['plain', undefined])('has the code_challenge_method %s', async code_challenge_method => {
    expect(await rejection('spa', { code_challenge_method })).toMatchObject({
      error: 'invalid_request',
      error_description: 'PKCE code challenge method is not supported. Valid values: [S256]',
    })
  })

  it('has a response type other than code', async () => {
    expect(await rejection('web', { response_type: 'token' })).toMatchObject({ error: 'unsupported_response_type' })
  })

  it('has no state', async () => {
    expect(await rejection('web', { state: undefined })).toEqual({
      error: 'invalid_request',
      error_description: "The authentication request has an invalid 'state' parameter.",
    })
  })

  it('gets the error in the fragment with response_mode=fragment', async () => {
    const { externalRedirect } = await open('web', { response_mode: 'fragment', scope: 'my.own.scope' })
    expect(externalRedirect?.search).toBe('')
    expect(new URLSearchParams(externalRedirect?.hash.slice(1)).get('error')).toBe('invalid_scope')
  })
})

describe('an authorization request that is accepted', () => {
  it('is from a web app, with or without PKCE', async () => {
    const web = okta.client('web')
    const without = { code_challenge: undefined, code_challenge_method: undefined }
    const browser = new ScriptedBrowser(okta)
    const first = await browser.signIn(authorizeUrl(okta, web, without), okta.users[0])
    expect(await redeem(okta, web, first, { code_verifier: undefined })).toMatchObject({ status: 200 })
    const { externalRedirect } = await browser.open(authorizeUrl(okta, web))
    expect(await redeem(okta, web, externalRedirect as URL)).toMatchObject({ status: 200 })
  })

  it('has a redirect URI with a query or with a custom scheme', async () => {
    const spaUrl = authorizeUrl(okta, okta.client('spa'), { redirect_uri: 'http://127.0.0.1:8080/cb?tenant=1' })
    const spa = await new ScriptedBrowser(okta).signIn(spaUrl, okta.users[0])
    expect(spa.href).toMatch(/^http:\/\/127\.0\.0\.1:8080\/cb\?tenant=1&code=/)
    const native = await new ScriptedBrowser(okta).signIn(authorizeUrl(okta, okta.client('native')), okta.users[0])
    expect(native.href).toMatch(/^com\.example\.app:\/callback\?code=/)
  })

  it('gets the response in the fragment with response_mode=fragment', async () => {
    const url = authorizeUrl(okta, okta.client('spa'), { response_mode: 'fragment' })
    const response = await new ScriptedBrowser(okta).signIn(url, okta.users[0])
    expect(response.search).toBe('')
    expect([...new URLSearchParams(response.hash.slice(1)).keys()].sort()).toEqual(['code', 'state'])
  })
})

describe('redeeming a code', () => {
  const code = () => new ScriptedBrowser(okta).signIn(authorizeUrl(okta, okta.client('spa')), okta.users[0])
  const spa = () => okta.client('spa')
  const rejected = (error_description: string) => ({ status: 400, body: { error: 'invalid_grant', error_description } })
  const INVALID = 'The authorization code is invalid or has expired.'

  it('works once', async () => {
    const response = await code()
    expect(await redeem(okta, spa(), response)).toMatchObject({ status: 200 })
    expect(await redeem(okta, spa(), response)).toMatchObject(rejected(INVALID))
  })

  it('is rejected when the code is unknown', async () => {
    expect(await redeem(okta, spa(), await code(), { code: 'made-up' })).toMatchObject(rejected(INVALID))
  })

  it('is rejected when another app redeems it', async () => {
    const { clientId, clientSecret } = okta.client('web')
    const other = { client_id: clientId, client_secret: clientSecret }
    expect(await redeem(okta, spa(), await code(), other)).toMatchObject(rejected(INVALID))
  })

  it.each(['another-verifier-of-at-least-forty-three-characters', undefined])(
    'is rejected when the code_verifier is %s',
    async code_verifier => {
      const response = await redeem(okta, spa(), await code(), { code_verifier })
      expect(response).toMatchObject(rejected('PKCE verification failed.'))
    },
  )

  it('is rejected when the redirect URI is another one', async () => {
    const changes = { redirect_uri: 'http://127.0.0.1:8080/cb?tenant=1' }
    expect(await redeem(okta, spa(), await code(), changes)).toMatchObject({
      status: 400,
      body: { error: 'invalid_grant' },
    })
  })
})
