import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { authorizeUrl, PKCE, post, redeem, send } from '../../../../test/support/relying-party.test.support.js'
import { type OktaEmulator, startOktaEmulator } from '../../../start-okta-emulator.js'
import { ScriptedBrowser } from '../../../testing/scripted-browser.js'

let okta: OktaEmulator
beforeAll(async () => {
  okta = await startOktaEmulator()
})
afterAll(() => okta.close())

const ada = () => okta.users[0] ?? { login: '', password: '' }

/** Submits the sign-in form, and returns the page after it. */
async function signIn(url: URL) {
  const browser = new ScriptedBrowser(okta)
  const form = await browser.open(url)
  const body = new URLSearchParams({ username: ada().login, password: ada().password })
  return { browser, page: await browser.open(form.url, { method: 'POST', body }) }
}

const field = (html: string, name: string) => new RegExp(`name="${name}" value="([^"]+)"`).exec(html)?.[1]

describe('response_mode', () => {
  it('form_post posts the code to the app', async () => {
    const web = okta.client('web')
    const { page } = await signIn(authorizeUrl(okta, web, { response_mode: 'form_post' }))
    expect(page.status).toBe(200)
    expect(page.text).toContain(`<form method="post" action="${web.redirectUris?.[0]}">`)
    expect(page.headers.get('content-security-policy')).toContain('form-action http://localhost:8080')
    expect(field(page.text, 'state')).toBe('the-state')
    const response = new URL(`http://localhost/?code=${field(page.text, 'code')}`)
    expect(await redeem(okta, web, response)).toMatchObject({ status: 200 })
  })

  it('form_post posts errors too', async () => {
    const url = authorizeUrl(okta, okta.client('web'), { response_mode: 'form_post', scope: 'telepathy' })
    const { status, text } = await send(url)
    expect([status, field(text, 'error'), field(text, 'state')]).toEqual([200, 'invalid_scope', 'the-state'])
  })

  it('okta_post_message sends the code to the window of the app, also without a sign-in page', async () => {
    const spa = okta.client('spa')
    const url = authorizeUrl(okta, spa, { response_mode: 'okta_post_message' })
    const { browser, page } = await signIn(url)
    expect(page.text).toMatch(/postMessage\(\{"code":"[\w-]+","state":"the-state"\}, "http:\/\/localhost:8080"\)/)
    url.searchParams.set('prompt', 'none')
    const silent = await browser.open(url)
    expect(silent.text).toContain('postMessage({"code":"')
    expect(silent.headers.get('content-security-policy')).toContain('frame-ancestors http://localhost:8080')
    expect((await send(url)).text).toContain('"error":"login_required"')
  })

  it('fragment returns the code in the fragment', async () => {
    const { page } = await signIn(authorizeUrl(okta, okta.client('spa'), { response_mode: 'fragment' }))
    const { hash, search } = page.externalRedirect ?? new URL('http://none')
    expect([hash.startsWith('#code='), search]).toEqual([true, ''])
  })

  it('is rejected when Okta does not have it', async () => {
    const { headers } = await send(authorizeUrl(okta, okta.client('spa'), { response_mode: 'web_message' }))
    expect(headers.get('location')).toContain('error=unsupported_response_mode')
  })
})

describe('POST /oauth2/v1/authorize', () => {
  it('starts a sign-in', async () => {
    const url = authorizeUrl(okta, okta.client('web'))
    const { status, headers } = await send(new URL('/oauth2/v1/authorize', okta.orgUrl), {
      method: 'POST',
      body: url.searchParams,
    })
    expect([status, headers.get('location')]).toEqual([302, expect.stringMatching(/\/signin\//)])
  })
})

describe('parameters of /authorize', () => {
  it.each(['idp', 'sessionToken', 'request', 'acr_values', 'enroll_amr_values'])(
    '%s is rejected, since the emulator does not implement it',
    async name => {
      const { headers } = await send(authorizeUrl(okta, okta.client('web'), { [name]: 'x' }))
      const { searchParams } = new URL(headers.get('location') ?? '')
      expect(searchParams.get('error_description')).toContain(name)
    },
  )

  it('id_token_hint of another user is login_required with prompt=none', async () => {
    const web = okta.client('web')
    const tokenOf = async (user = okta.users[0]) => {
      const redirect = await new ScriptedBrowser(okta).signIn(authorizeUrl(okta, web), user)
      return String((await redeem(okta, web, redirect)).body.id_token)
    }
    const browser = new ScriptedBrowser(okta)
    await browser.signIn(authorizeUrl(okta, web), okta.users[0])
    const silent = async (hint: string) => {
      const page = await browser.open(authorizeUrl(okta, web, { prompt: 'none', id_token_hint: hint }))
      return page.externalRedirect?.searchParams.get('error') ?? 'signed in'
    }
    expect(await silent(await tokenOf())).toBe('signed in')
    expect(await silent(await tokenOf(okta.users[1]))).toBe('login_required')
    expect(await silent('nonsense')).toBe('invalid_token')
  })

  it.each([{ prompt: 'magic' }, { max_age: '-1' }, { max_age: 'old' }])('%s is rejected', async changes => {
    const { headers } = await send(authorizeUrl(okta, okta.client('web'), changes))
    expect(headers.get('location')).toContain('error=invalid_request')
  })

  it('are ignored when Okta does not know them, such as x-client-SKU', async () => {
    const { headers } = await send(authorizeUrl(okta, okta.client('web'), { 'x-client-SKU': 'ID_NET10_0' }))
    expect(headers.get('location')).toMatch(/\/signin\//)
  })

  it('are rejected on a page when they are given twice', async () => {
    const url = authorizeUrl(okta, okta.client('web'))
    url.searchParams.append('state', 'again')
    expect(await send(url)).toMatchObject({ status: 400, text: expect.stringContaining('multiple parameters') })
  })
})

describe('a token request', () => {
  it('is rejected without the redirect_uri of the authorization request', async () => {
    const web = okta.client('web')
    const redirect = await new ScriptedBrowser(okta).signIn(authorizeUrl(okta, web), ada())
    expect(await redeem(okta, web, redirect, { redirect_uri: undefined })).toMatchObject({ status: 400 })
  })
})

describe('a pushed authorization request', () => {
  const push = (changes: Record<string, string | undefined> = {}) => {
    const web = okta.client('web')
    const form = Object.fromEntries(authorizeUrl(okta, web).searchParams)
    return post(okta, '/oauth2/v1/par', { ...form, client_secret: web.clientSecret, ...changes })
  }
  const authorize = (request_uri: unknown, clientId = okta.client('web').clientId) =>
    new URL(
      `/oauth2/v1/authorize?${new URLSearchParams({ client_id: clientId, request_uri: String(request_uri) })}`,
      okta.orgUrl,
    )

  it('signs a user in once', async () => {
    const { status, body } = await push()
    expect({ status, expires: body.expires_in }).toEqual({ status: 200, expires: 60 })
    const redirect = await new ScriptedBrowser(okta).signIn(authorize(body.request_uri), okta.users[0])
    expect(redirect.searchParams.get('state')).toBe('the-state')
    expect(await redeem(okta, okta.client('web'), redirect, { code_verifier: PKCE.verifier })).toMatchObject({
      status: 200,
    })
    expect(await send(authorize(body.request_uri))).toMatchObject({ status: 400 })
  })

  it('is rejected when it is wrong, and when another app uses it', async () => {
    expect(await push({ redirect_uri: 'https://example.com' })).toMatchObject({
      status: 400,
      body: { error: 'invalid_request' },
    })
    expect(await push({ client_secret: 'wrong' })).toMatchObject({ status: 401, body: { error: 'invalid_client' } })
    const { body } = await push()
    const { status, text } = await send(authorize(body.request_uri, okta.client('spa').clientId))
    expect({ status, text }).toMatchObject({ status: 401, text: expect.stringContaining('request_uri') })
  })
})
