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

describe('what is refused on a page, since there is nowhere to send it', () => {
  it('an unknown app', async () => {
    const { status, text, externalRedirect } = await open('spa', { client_id: '0oaNobodyKnowsThis00' })
    expect({ status, externalRedirect }).toEqual({ status: 400, externalRedirect: undefined })
    expect(text).toContain('Invalid value for &#39;client_id&#39; parameter.')
  })

  it.each([
    ['of another port', 'http://localhost:8081/login/callback'],
    ['of another path', 'http://localhost:8080/login/callback/'],
    ['of the other loopback name', 'http://127.0.0.1:8080/login/callback'],
    ['with another query', 'http://127.0.0.1:8080/cb?tenant=2'],
    ['that is missing', undefined],
  ])('a redirect URI %s', async (_what, redirect_uri) => {
    const { status, text, externalRedirect } = await open('spa', { redirect_uri })
    expect({ status, externalRedirect }).toEqual({ status: 400, externalRedirect: undefined })
    expect(text).toContain(
      'The &#39;redirect_uri&#39; parameter must be a Login redirect URI in the client app settings',
    )
  })
})

describe('what is refused by redirect', () => {
  const refusal = async (...request: Parameters<typeof open>) => {
    const { externalRedirect } = await open(...request)
    return Object.fromEntries(externalRedirect?.searchParams ?? [])
  }

  it('a public app without PKCE', async () => {
    expect(await refusal('spa', { code_challenge: undefined, code_challenge_method: undefined })).toEqual({
      error: 'invalid_request',
      error_description: "PKCE code challenge is required when the token endpoint authentication method is 'NONE'.",
      state: 'the-state',
    })
  })

  it.each(['plain', undefined])('PKCE with the method %s', async code_challenge_method => {
    expect(await refusal('spa', { code_challenge_method })).toMatchObject({
      error: 'invalid_request',
      error_description: "The 'code_challenge_method' must be 'S256'.",
    })
  })

  it('another response type than code', async () => {
    expect(await refusal('web', { response_type: 'token' })).toMatchObject({ error: 'unsupported_response_type' })
  })

  it('a request without a state', async () => {
    expect(await refusal('web', { state: undefined })).toEqual({
      error: 'invalid_request',
      error_description: "The authentication request has an invalid 'state' parameter.",
    })
  })

  it('in the fragment, when the app wants it there', async () => {
    const { externalRedirect } = await open('web', { response_mode: 'fragment', scope: 'my.own.scope' })
    expect(externalRedirect?.search).toBe('')
    expect(new URLSearchParams(externalRedirect?.hash.slice(1)).get('error')).toBe('invalid_scope')
  })
})

describe('what is let through', () => {
  it('a web app with PKCE and one without', async () => {
    const web = okta.client('web')
    const without = { code_challenge: undefined, code_challenge_method: undefined }
    const browser = new ScriptedBrowser(okta)
    const first = await browser.signIn(authorizeUrl(okta, web, without), okta.users[0])
    expect(await redeem(okta, web, first, { code_verifier: undefined })).toMatchObject({ status: 200 })
    const { externalRedirect } = await browser.open(authorizeUrl(okta, web))
    expect(await redeem(okta, web, externalRedirect as URL)).toMatchObject({ status: 200 })
  })

  it('a redirect URI with a query, and one with a scheme of the app’s own', async () => {
    const spaUrl = authorizeUrl(okta, okta.client('spa'), { redirect_uri: 'http://127.0.0.1:8080/cb?tenant=1' })
    const spa = await new ScriptedBrowser(okta).signIn(spaUrl, okta.users[0])
    expect(spa.href).toMatch(/^http:\/\/127\.0\.0\.1:8080\/cb\?tenant=1&code=/)
    const native = await new ScriptedBrowser(okta).signIn(authorizeUrl(okta, okta.client('native')), okta.users[0])
    expect(native.href).toMatch(/^com\.example\.app:\/callback\?code=/)
  })

  it('the answer in the fragment, when the app wants it there', async () => {
    const url = authorizeUrl(okta, okta.client('spa'), { response_mode: 'fragment' })
    const answer = await new ScriptedBrowser(okta).signIn(url, okta.users[0])
    expect(answer.search).toBe('')
    expect([...new URLSearchParams(answer.hash.slice(1)).keys()].sort()).toEqual(['code', 'state'])
  })
})

describe('redeeming a code', () => {
  const code = () => new ScriptedBrowser(okta).signIn(authorizeUrl(okta, okta.client('spa')), okta.users[0])
  const spa = () => okta.client('spa')
  const refused = (error_description: string) => ({ status: 400, body: { error: 'invalid_grant', error_description } })
  const INVALID = 'The authorization code is invalid or has expired.'

  it('works once', async () => {
    const answer = await code()
    expect(await redeem(okta, spa(), answer)).toMatchObject({ status: 200 })
    expect(await redeem(okta, spa(), answer)).toMatchObject(refused(INVALID))
  })

  it('is refused for a code that never was', async () => {
    expect(await redeem(okta, spa(), await code(), { code: 'made-up' })).toMatchObject(refused(INVALID))
  })

  it('is refused to another app', async () => {
    const { clientId, clientSecret } = okta.client('web')
    const other = { client_id: clientId, client_secret: clientSecret }
    expect(await redeem(okta, spa(), await code(), other)).toMatchObject(refused(INVALID))
  })

  it.each(['another-verifier-of-at-least-forty-three-characters', undefined])(
    'is refused with the verifier %s',
    async code_verifier => {
      const answer = await redeem(okta, spa(), await code(), { code_verifier })
      expect(answer).toMatchObject(refused('PKCE verification failed.'))
    },
  )

  it('is refused with another redirect URI', async () => {
    const changes = { redirect_uri: 'http://127.0.0.1:8080/cb?tenant=1' }
    expect(await redeem(okta, spa(), await code(), changes)).toMatchObject({
      status: 400,
      body: { error: 'invalid_grant' },
    })
  })
})
