import { type OktaEmulator, startOktaEmulator } from '@connect-okta/emulator'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { freeRedirectUri, TestUser } from '../../../test/support/sign-in-org.test.support.js'
import { callApi } from '../../api/call-api.js'
import { connect, type OktaSession, openSession } from '../../index.js'
import { createMemoryStore } from '../../stores/memory-store.js'

let okta: OktaEmulator
let tenant: string
let redirectUri: string

beforeAll(async () => {
  redirectUri = await freeRedirectUri()
  okta = await startOktaEmulator({
    authorizationServers: [{ id: 'default', scopes: ['orders.read'] }],
    clients: [{ kind: 'service' }, { kind: 'spa', redirectUris: [redirectUri] }],
  })
  tenant = okta.orgUrl.origin
})
afterAll(() => okta.close())
beforeEach(() => okta.clearRequests())

/** A session of another program, which obtained the token. */
function otherSession(): Promise<OktaSession> {
  const { clientId, jwk } = okta.client('service')
  const options = { tenant, clientId, jsonWebKey: jwk ?? {}, scopes: ['okta.users.read'] }
  return connect(options, { store: createMemoryStore() })
}

function userSession(): Promise<OktaSession> {
  const options = { tenant, clientId: okta.client('spa').clientId, authorizationServer: 'default', redirectUri }
  const { openBrowser } = new TestUser(okta)
  return connect({ ...options, scopes: ['orders.read'] }, { store: createMemoryStore(), openBrowser })
}

const inSeconds = (seconds: number) => Math.floor(Date.now() / 1000) + seconds
const jwtOf = (claims: object) =>
  [{ alg: 'RS256', kid: 'k' }, claims, {}]
    .map(part => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.')
const appClaims = () => ({ iss: tenant, cid: '0oa1', sub: '0oa1', scp: ['okta.users.read'], exp: inSeconds(600) })

describe('connect with an access token', () => {
  it('sends the token of an org authorization server, without a request before and without storing it', async () => {
    const accessToken = (await (await otherSession()).token()).value
    okta.clearRequests()
    const store = createMemoryStore()
    const session = await connect({ tenant, accessToken }, { store })
    expect(okta.requests).toEqual([])
    expect(await session.token()).toMatchObject({ value: accessToken, type: 'Bearer', expiresAt: null, scopes: [] })
    expect(session).toMatchObject({ grant: 'access_token', clientId: undefined, account: undefined })
    expect((await session.fetch('/api/v1/users')).status).toBe(200)
    for await (const login of store.list()) expect.unreachable(`a sign-in was stored: ${login.recordKey}`)
  })

  it('reads expiry, scopes, client ID, account and authorization server when the token is a JWT', async () => {
    const { value: accessToken, expiresAt } = await (await userSession()).token()
    const session = await connect({ tenant, accessToken })
    expect(session).toMatchObject({
      clientId: okta.client('spa').clientId,
      authorizationServer: 'default',
      scopes: expect.arrayContaining(['orders.read']),
      account: { sub: okta.users[0]?.id, login: okta.users[0]?.login },
    })
    const token = await session.token()
    expect(Math.abs(Number(token.expiresAt) - Number(expiresAt))).toBeLessThan(5_000)
    expect(token.scopes).toContain('orders.read')
  })

  it('has no account when the token is that of an app', async () => {
    const session = await connect({ tenant, accessToken: jwtOf(appClaims()) })
    expect(session).toMatchObject({ clientId: '0oa1', authorizationServer: undefined, account: undefined })
  })

  it('does not revoke the token on disconnect, and returns none afterwards', async () => {
    const other = await otherSession()
    const session = await connect({ tenant, accessToken: (await other.token()).value })
    okta.clearRequests()
    await session.disconnect()
    expect(okta.requests).toEqual([])
    await expect(session.token()).rejects.toMatchObject({ code: 'login_required' })
    expect((await other.fetch('/api/v1/users')).status).toBe(200)
  })

  it('throws login_required when the token has expired, at connect and later', async () => {
    const accessToken = jwtOf({ ...appClaims(), exp: inSeconds(60) })
    let now = Date.now()
    const session = await connect({ tenant, accessToken }, { now: () => now })
    await session.token()
    now += 61_000
    const expired = { code: 'login_required', message: expect.stringMatching(/expired at 20/) }
    const hint = expect.stringContaining('Connect with a new access token')
    await expect(session.token()).rejects.toMatchObject({ ...expired, hint })
    await expect(session.fetch('/api/v1/users')).rejects.toMatchObject({ ...expired, hint })
    await expect(connect({ tenant, accessToken }, { now: () => now })).rejects.toMatchObject({ ...expired, hint })
  })

  it('throws login_required when the API rejects the token', async () => {
    const session = await connect({ tenant, accessToken: 'unknown-token' })
    const rejected = { code: 'login_required', hint: expect.stringContaining('Connect with a new access token') }
    await expect(session.fetch('/api/v1/users')).rejects.toMatchObject(rejected)
    await expect(callApi(session, { method: 'GET', path: '/api/v1/users' })).rejects.toMatchObject(rejected)
  })

  it.each(['Bearer token-1', 'bearer  token-1', 'Authorization: Bearer token-1', ' "token-1"\n'])(
    'accepts %j',
    async accessToken => {
      const session = await openSession({ tenant, accessToken })
      expect((await session.token()).value).toBe('token-1')
    },
  )

  it.each<[string, unknown, RegExp]>([
    ['nothing', undefined, /undefined/],
    ['an empty text', '  ', /missing/],
    ['only the scheme', 'Bearer ', /missing/],
    ['a number', 42, /missing/],
    ['a space inside', 'secret-part1 secret-part2', /characters/],
    ['a line end inside', 'secret-part1\nsecret-part2', /characters/],
    ['a control character', 'secret-part1\u0000', /characters/],
    ['a placeholder', '$' + '{secret-part1}', /characters/],
    ['a key', '{"kty":"EC","d":"secret-part1"}', /characters/],
    ['a static API token', `00${'secret-part1'.padEnd(40, 'x')}`, /static API token/],
    ['the scheme of a static API token', 'SSWS secret-part1', /static API token/],
    ['the scheme of DPoP', 'DPoP secret-part1', /bound to a key/],
    ['an enormous text', 'secret-part1'.padEnd(20_000, 'x'), /too long/],
  ])('rejects %s, and does not repeat it', async (_what, accessToken, message) => {
    const error = await connect({ tenant, accessToken: accessToken as string }).catch(error => error)
    expect(error).toMatchObject({ code: 'options_invalid', message: expect.stringMatching(message) })
    expect(JSON.stringify(error)).not.toContain('secret-part')
  })

  it.each<[string, (org: URL) => unknown, RegExp]>([
    ['another org', () => 'https://other.okta.com', /other\.okta\.com/],
    ['a custom authorization server of another org', () => 'https://other.okta.com/oauth2/default', /other\.okta\.com/],
    ['the org as a prefix', ({ host }) => `https://${host}.evil.example`, /evil\.example/],
    ['the org as a username', ({ host }) => `https://${host}@evil.example`, /issuer/],
    ['another path', ({ origin }) => `${origin}/somewhere`, /somewhere/],
    ['no URL', () => ['https://other.okta.com'], /of type object/],
  ])('rejects a token whose issuer is %s', async (_what, issuerOf, message) => {
    const accessToken = jwtOf({ ...appClaims(), iss: issuerOf(okta.orgUrl) })
    const rejected = { code: 'options_invalid', message: expect.stringMatching(message) }
    await expect(connect({ tenant, accessToken })).rejects.toMatchObject(rejected)
  })

  it('rejects a token that is bound to a DPoP key', async () => {
    const accessToken = jwtOf({ ...appClaims(), cnf: { jkt: 'thumbprint' } })
    const rejected = { code: 'options_invalid', message: expect.stringContaining('bound to a key') }
    await expect(connect({ tenant, accessToken })).rejects.toMatchObject(rejected)
  })

  it.each([{ apiToken: 'a' }, { clientSecret: 'a' }, { jsonWebKey: {} }, { signer: {} }, { grant: 'device_code' }])(
    'rejects an access token together with %j',
    async other => {
      const attempt = connect({ tenant, accessToken: 'token-1', ...other } as never)
      await expect(attempt).rejects.toMatchObject({ code: 'options_invalid' })
    },
  )

  it.each([
    { exp: 'soon' },
    { exp: 1e300 },
    { scp: 'okta.users.read' },
    { cid: 1, uid: {}, sub: null },
    { cid: 'a\u001b[2J', uid: 'a\nb', scp: ['a b'] },
  ])('ignores claims of other types: %j', async claims => {
    const session = await connect({ tenant, accessToken: jwtOf(claims) })
    expect(await session.token()).toMatchObject({ expiresAt: null, scopes: [], account: undefined })
    expect(session.clientId).toBeUndefined()
  })
})
