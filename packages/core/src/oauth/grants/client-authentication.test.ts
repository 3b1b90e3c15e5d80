import { type OktaEmulator, startOktaEmulator } from '@connect-okta/emulator'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { freeRedirectUri, Person } from '../../../test/support/person.test.support.js'
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

const sent = () => okta.requests.map(({ method, path, status }) => `${method} ${path} ${status}`)

describe('a client secret', () => {
  const webApp = (): OAuthOptions & { clientSecret: string } => {
    const { clientId, clientSecret = '' } = okta.client('web')
    return { tenant, clientId, clientSecret, authorizationServer: 'default', scopes: ['orders.read'] }
  }

  it('connects a program at a custom authorization server, in one request', async () => {
    const session = await connect(webApp(), deps)
    expect(session.grant).toBe('client_credentials')
    expect((await session.token()).scopes).toEqual(['orders.read'])
    expect(sent()).toEqual(['POST /oauth2/default/v1/token 200'])
  })

  it("is refused for the org's own server before anything is sent, and says what works", async () => {
    const { authorizationServer: _custom, ...atOrg } = webApp()
    const attempt = connect(atOrg, deps)
    await expect(attempt).rejects.toMatchObject({
      code: 'options_invalid',
      message: expect.stringContaining('accepts no client secret'),
      hint: expect.stringMatching(/private key.*custom authorization server/),
    })
    expect(sent()).toEqual([])
  })

  it('renews a stored login only where it is given again, since no store keeps it', async () => {
    await connect(webApp(), deps)
    const without = await resume({ clientId: webApp().clientId }, deps)
    expect((await without.token()).source).toBe('store')
    await expect(without.token({ forceRefresh: true })).rejects.toMatchObject({ code: 'key_required' })

    const given = await resume(webApp(), deps)
    expect((await given.token({ forceRefresh: true })).source).toBe('grant')
    await given.disconnect()
    expect(sent().at(-1)).toBe('POST /oauth2/default/v1/revoke 200')
    expect(JSON.stringify(notices)).toBe('[]')
  })

  it('signs people in, and refreshes', async () => {
    const person = new Person(okta)
    const options = { ...webApp(), grant: 'authorization_code' as const, redirectUri }
    const session = await connect(options, { ...deps, openBrowser: person.openBrowser })
    expect((await session.token({ forceRefresh: true })).source).toBe('refresh')
    const resumed = await resume(webApp(), deps)
    expect((await resumed.token({ forceRefresh: true })).source).toBe('refresh')
  })

  it('that is wrong is not repeated in the error', async () => {
    const attempt = connect({ ...webApp(), clientSecret: 'wrong-secret-of-mine' }, deps)
    const error = await attempt.then(
      () => expect.unreachable(),
      failure => failure,
    )
    expect(error).toMatchObject({ code: 'client_rejected', oauth: { error: 'invalid_client' } })
    expect(JSON.stringify(error) + error.stack).not.toContain('wrong-secret-of-mine')
  })

  it('with characters that none has is refused without being repeated', async () => {
    const attempt = connect({ ...webApp(), clientSecret: 'two words' }, deps)
    await expect(attempt).rejects.toMatchObject({
      code: 'options_invalid',
      message: expect.not.stringContaining('two words'),
    })
  })
})

describe('a static API token', () => {
  const apiToken = () => okta.apiTokens[0]?.value ?? ''

  it('is checked once, then used as it is', async () => {
    const session = await connect({ tenant, apiToken: apiToken() }, deps)
    expect(sent()).toEqual(['GET /api/v1/users/me 200'])
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

  it('is never stored, and never revoked: its owner does that', async () => {
    const session = await connect({ tenant, apiToken: apiToken() }, deps)
    expect(await listLogins(deps)).toEqual([])
    await session.disconnect()
    await expect(session.token()).rejects.toMatchObject({ code: 'login_required' })
    expect(sent()).toEqual(['GET /api/v1/users/me 200'])
    await connect({ tenant, apiToken: apiToken() }, deps)
  })

  it('that Okta does not know is refused, with the place to make one', async () => {
    const attempt = connect({ tenant, apiToken: 'not-a-token-of-this-org' }, deps)
    await expect(attempt).rejects.toMatchObject({
      code: 'client_rejected',
      message: expect.not.stringContaining('not-a-token'),
      hint: expect.stringContaining('Security > API > Tokens'),
    })
  })

  it('is not sent a second time where the API refuses it', async () => {
    const session = await connect({ tenant, apiToken: apiToken() }, deps)
    using _fault = okta.fault({ endpoint: '/api/v1/users', status: 401 })
    expect((await session.fetch('/api/v1/users')).status).toBe(401)
    expect(okta.requests.map(({ path }) => path)).toEqual(['/api/v1/users/me', '/api/v1/users'])
  })

  it.each(['', '  ', 'two words', 7 as unknown as string])('%j is none', async apiToken => {
    await expect(connect({ tenant, apiToken }, deps)).rejects.toMatchObject({ code: 'options_invalid' })
  })
})
