import { type OktaEmulator, startOktaEmulator } from '@connect-okta/emulator'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { freeRedirectUri, TestUser } from '../../../test/support/sign-in-org.test.support.js'
import type { OAuthOptions } from '../../config/connect-options.js'
import { connect, type Deps, type Notice, resume } from '../../index.js'
import { listLogins } from '../../session/logins.js'
import { createMemoryStore } from '../../stores/memory-store.js'

let okta: OktaEmulator
let redirectUri: string
let tenant: string
let deps: Pick<Deps, 'store' | 'notify'>
const notices: Notice[] = []

beforeAll(async () => {
  redirectUri = await freeRedirectUri()
  okta = await startOktaEmulator({
    authorizationServers: [{ id: 'default', scopes: ['orders.read'] }],
    clients: [
      {
        kind: 'web',
        redirectUris: [redirectUri],
        grantTypes: ['authorization_code', 'refresh_token', 'client_credentials'],
      },
      { kind: 'service' },
    ],
  })
  tenant = okta.orgUrl.origin
})
afterAll(() => okta.close())
beforeEach(() => {
  okta.clearRequests()
  notices.length = 0
  deps = { store: createMemoryStore(), notify: notice => notices.push(notice) }
})

const sentRequests = () => okta.requests.map(({ method, path, status }) => `${method} ${path} ${status}`)

describe('connect with a client secret', () => {
  const webApp = (): OAuthOptions & { clientSecret: string } => {
    const { clientId, clientSecret = '' } = okta.client('web')
    return { tenant, clientId, clientSecret, authorizationServer: 'default', scopes: ['orders.read'] }
  }

  it('sends one request to a custom authorization server', async () => {
    const session = await connect(webApp(), deps)
    expect(session.grant).toBe('client_credentials')
    expect((await session.token()).scopes).toEqual(['orders.read'])
    expect(sentRequests()).toEqual(['POST /oauth2/default/v1/token 200'])
  })

  it('rejects the org authorization server before it sends anything', async () => {
    const { authorizationServer: _custom, ...orgOptions } = webApp()
    const attempt = connect(orgOptions, deps)
    await expect(attempt).rejects.toMatchObject({
      code: 'options_invalid',
      message: expect.stringContaining('not a client secret'),
      hint: expect.stringMatching(/private key.*custom authorization server/),
    })
    expect(sentRequests()).toEqual([])
  })

  it('requires the secret again to renew a stored sign-in', async () => {
    await connect(webApp(), deps)
    const withoutSecret = await resume({ clientId: webApp().clientId }, deps)
    expect((await withoutSecret.token()).source).toBe('store')
    await expect(withoutSecret.token({ forceRefresh: true })).rejects.toMatchObject({ code: 'key_required' })

    const withSecret = await resume(webApp(), deps)
    expect((await withSecret.token({ forceRefresh: true })).source).toBe('grant')
    await withSecret.disconnect()
    expect(sentRequests().at(-1)).toBe('POST /oauth2/default/v1/revoke 200')
    expect(JSON.stringify(notices)).toBe('[]')
  })

  it('signs a user in and refreshes the token', async () => {
    const testUser = new TestUser(okta)
    const options = { ...webApp(), grant: 'authorization_code' as const, redirectUri }
    const session = await connect(options, { ...deps, openBrowser: testUser.openBrowser })
    expect((await session.token({ forceRefresh: true })).source).toBe('refresh')
    const resumed = await resume(webApp(), deps)
    expect((await resumed.token({ forceRefresh: true })).source).toBe('refresh')
  })

  it('does not show the secret in the error when Okta rejects it', async () => {
    const attempt = connect({ ...webApp(), clientSecret: 'a-wrong-secret' }, deps)
    const error = await attempt.then(
      () => expect.unreachable(),
      failure => failure,
    )
    expect(error).toMatchObject({ code: 'client_rejected', oauth: { error: 'invalid_client' } })
    expect(JSON.stringify(error) + error.stack).not.toContain('a-wrong-secret')
  })

  it('does not show the secret in the error when it has invalid characters', async () => {
    const attempt = connect({ ...webApp(), clientSecret: 'two words' }, deps)
    await expect(attempt).rejects.toMatchObject({
      code: 'options_invalid',
      message: expect.not.stringContaining('two words'),
    })
  })
})

describe('connect with a static API token', () => {
  const apiToken = () => okta.apiTokens[0]?.value ?? ''

  it('checks the token once and returns it unchanged', async () => {
    const session = await connect({ tenant, apiToken: apiToken() }, deps)
    expect(sentRequests()).toEqual(['GET /api/v1/users/me 200'])
    expect(await session.token({ forceRefresh: true, minValidityMs: 1e9 })).toEqual({
      value: apiToken(),
      type: 'SSWS',
      expiresAt: null,
      scopes: [],
      source: 'memory',
      idToken: undefined,
    })
    expect([session.grant, session.clientId]).toEqual(['api_token', undefined])
    expect(await session.authorization('GET', '/api/v1/users')).toEqual({ authorization: `SSWS ${apiToken()}` })
    expect((await session.fetch('/api/v1/users')).status).toBe(200)
  })

  it('neither stores nor revokes the token', async () => {
    const session = await connect({ tenant, apiToken: apiToken() }, deps)
    expect(await listLogins(deps)).toEqual([])
    await session.disconnect()
    await expect(session.token()).rejects.toMatchObject({ code: 'login_required' })
    expect(sentRequests()).toEqual(['GET /api/v1/users/me 200'])
    await connect({ tenant, apiToken: apiToken() }, deps)
  })

  it('reports client_rejected when Okta does not accept the token', async () => {
    const attempt = connect({ tenant, apiToken: 'not-a-token-of-this-org' }, deps)
    await expect(attempt).rejects.toMatchObject({
      code: 'client_rejected',
      message: expect.not.stringContaining('not-a-token'),
      hint: expect.stringContaining('Security > API > Tokens'),
    })
  })

  it.each([
    [429, 'rate_limited'],
    [503, 'server_failed'],
  ])('reports that the token is not validated when the org responds with %s', async (status, code) => {
    using _fault = okta.fault({ endpoint: '/api/v1/users/me', status })
    await expect(connect({ tenant, apiToken: apiToken() }, deps)).rejects.toMatchObject({ code })
  })

  it('does not repeat a request that the API rejects with 401', async () => {
    const session = await connect({ tenant, apiToken: apiToken() }, deps)
    using _fault = okta.fault({ endpoint: '/api/v1/users', status: 401 })
    expect((await session.fetch('/api/v1/users')).status).toBe(401)
    expect(okta.requests.map(({ path }) => path)).toEqual(['/api/v1/users/me', '/api/v1/users'])
  })

  it.each(['', '  ', 'two words', 7 as unknown as string])('rejects the token %j', async apiToken => {
    await expect(connect({ tenant, apiToken }, deps)).rejects.toMatchObject({ code: 'options_invalid' })
  })
})
