import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import {
  authorizeUrl,
  callApi,
  clientAssertion,
  post,
  redeem,
  serviceToken,
  userTokens,
} from '../../../test/support/relying-party.test.support.js'
import { type OktaEmulator, startOktaEmulator } from '../../start-okta-emulator.js'
import { ScriptedBrowser } from '../../testing/scripted-browser.js'

let okta: OktaEmulator
beforeAll(async () => {
  okta = await startOktaEmulator({
    clients: [
      { kind: 'service', dpop: false, adminRole: false },
      { kind: 'native' },
      { kind: 'web', authentication: 'private_key_jwt', refreshTokens: 'none' },
    ],
    users: [{ login: 'admin@example.com' }, { login: 'member@example.com', adminRole: false }],
    apiTokens: [{ value: '00admins-token' }, { value: '00members-token', login: 'member@example.com' }],
  })
})
afterAll(() => okta.close())
afterEach(() => {
  vi.useRealTimers()
})

const forbidden = {
  status: 403,
  body: { errorCode: 'E0000006', errorSummary: 'You do not have permission to perform the requested action' },
}

describe('without an admin role', () => {
  it('a service app gets the scope in its token and 403 from the API', async () => {
    const token = await serviceToken(okta, okta.client('service'), 'okta.users.read')
    expect(await callApi(okta, '/api/v1/users', token)).toMatchObject(forbidden)
  })

  it('a user may look at himself and at nobody else', async () => {
    const native = okta.client('native')
    const request = authorizeUrl(okta, native, { scope: 'openid okta.users.read' })
    const answer = await new ScriptedBrowser(okta).signIn(request, okta.users[1])
    const { body } = await redeem(okta, native, answer)
    expect(body.scope).toContain('okta.users.read')
    expect(await callApi(okta, '/api/v1/users', body.access_token)).toMatchObject(forbidden)
    expect(await callApi(okta, '/api/v1/users/me', body.access_token)).toMatchObject({ status: 200 })
    const admin = await userTokens(okta, native, { scope: 'openid okta.users.read' })
    expect(await callApi(okta, '/api/v1/users', admin.body.access_token)).toMatchObject({ status: 200 })
  })
})

describe('a static API token', () => {
  it('acts for its user', async () => {
    expect(await callApi(okta, '/api/v1/users/me', '00admins-token', 'SSWS')).toMatchObject({
      status: 200,
      body: { id: okta.users[0]?.id },
    })
    expect(await callApi(okta, '/api/v1/users', '00members-token', 'SSWS')).toMatchObject(forbidden)
  })

  it('is refused when it is made up, and as a bearer token', async () => {
    const refused = { status: 401, body: { errorCode: 'E0000011', errorSummary: 'Invalid token provided' } }
    expect(await callApi(okta, '/api/v1/users', '00made-up', 'SSWS')).toMatchObject(refused)
    expect(await callApi(okta, '/api/v1/users', '00admins-token')).toMatchObject(refused)
  })

  it('ends 30 days after its last use', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    const day = 24 * 3600_000
    for (const days of [29, 29]) {
      vi.advanceTimersByTime(days * day)
      expect(await callApi(okta, '/api/v1/users', '00admins-token', 'SSWS')).toMatchObject({ status: 200 })
    }
    vi.advanceTimersByTime(31 * day)
    expect(await callApi(okta, '/api/v1/users', '00admins-token', 'SSWS')).toMatchObject({ status: 401 })
  })

  it('is there without being asked for, and belongs to somebody', async () => {
    await using org = await startOktaEmulator({ clients: [] })
    expect(org.apiTokens).toEqual([{ value: expect.stringMatching(/^00.{40}$/), login: org.users[0]?.login }])
    const apiTokens = [{ login: 'nobody@example.com' }]
    await expect(startOktaEmulator({ clients: [], apiTokens })).rejects.toThrow('nobody@example.com')
  })
})

describe('a web app with a key', () => {
  it('redeems its code by an assertion, and not by its name alone', async () => {
    const web = okta.client('web')
    expect(web).toMatchObject({ jwk: { kty: 'RSA' }, grantTypes: ['authorization_code'] })
    const answer = await new ScriptedBrowser(okta).signIn(authorizeUrl(okta, web), okta.users[0])
    expect(await redeem(okta, web, answer)).toMatchObject({ status: 401, body: { error: 'invalid_client' } })
    const proof = {
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: await clientAssertion(web, new URL('/oauth2/v1/token', okta.orgUrl).href),
    }
    expect(await redeem(okta, web, answer, proof)).toMatchObject({ status: 200 })
  })

  it('may be given client credentials, which kinds that sign people in otherwise lack', async () => {
    const clients = [{ kind: 'web' as const, grantTypes: ['client_credentials'], clientSecret: 'secret' }]
    const authorizationServers = [{ id: 'default', scopes: ['a'] }]
    await using org = await startOktaEmulator({ clients, authorizationServers })
    const { clientId: client_id, clientSecret: client_secret } = org.client('web')
    const form = { grant_type: 'client_credentials', client_id, client_secret, scope: 'a' }
    expect(await post(org, '/oauth2/default/v1/token', form)).toMatchObject({ status: 200 })
    const wrong = [{ kind: 'spa' as const, grantTypes: ['client_credentials'] }]
    await expect(startOktaEmulator({ clients: wrong })).rejects.toThrow('a spa app cannot use the grant type')
  })
})
