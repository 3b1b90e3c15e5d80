import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { clientCredentials, post, send, userTokens } from '../../../test/support/relying-party.test.support.js'
import { type OktaEmulator, startOktaEmulator } from '../../start-okta-emulator.js'

let okta: OktaEmulator
beforeAll(async () => {
  okta = await startOktaEmulator()
})
afterAll(() => okta.close())

const TOKEN = '/oauth2/v1/token'
const basic = (text: string, scheme = 'Basic') => ({
  authorization: `${scheme} ${Buffer.from(text).toString('base64')}`,
})

describe('a token request', () => {
  it.each<[string, readonly string[]]>([
    ['all in the query, as okta-sdk-python before 2.9.10 sends them', []],
    ['in the query, and the assertion in the form, as okta-sdk-python 2.9.10 sends them', ['client_assertion']],
  ])('can have its parameters %s', async (_case, inForm) => {
    const parameters = Object.entries(await clientCredentials(okta, okta.client('service'))) as [string, string][]
    const query = new URLSearchParams(parameters.filter(([name]) => !inForm.includes(name)))
    const body = new URLSearchParams(parameters.filter(([name]) => inForm.includes(name)))
    const response = await send(new URL(`${TOKEN}?${query}`, okta.orgUrl), { method: 'POST', body })
    expect(response).toMatchObject({ status: 200, body: { token_type: 'Bearer' } })
  })

  it('is rejected when the query and the form have the same parameter, as okta-sdk-python 3.0 sends it', async () => {
    const form = await clientCredentials(okta, okta.client('service'))
    expect(await post(okta, `${TOKEN}?client_assertion=${form.client_assertion}`, form)).toMatchObject({
      status: 400,
      body: {
        error: 'invalid_request',
        error_description: 'The request contained multiple parameters with the same name.',
      },
    })
  })

  it('can have an unknown parameter twice, as MSAL sends it', async () => {
    const form = { ...(await clientCredentials(okta, okta.client('service'))), 'client-request-id': '1' }
    expect(await post(okta, `${TOKEN}?client-request-id=1`, form)).toMatchObject({ status: 200 })
  })

  it('is rejected with E0000021 when its body is JSON', async () => {
    const body = JSON.stringify(await clientCredentials(okta, okta.client('service')))
    const headers = { 'content-type': 'application/json' }
    expect(await send(new URL(TOKEN, okta.orgUrl), { method: 'POST', body, headers })).toMatchObject({
      status: 400,
      body: { errorCode: 'E0000021' },
    })
  })

  it('is rejected when the query has a client secret', async () => {
    const { clientId, clientSecret } = okta.client('web')
    const form = { grant_type: 'refresh_token', refresh_token: 'x', client_id: clientId }
    expect(await post(okta, `${TOKEN}?client_secret=${clientSecret}`, form)).toMatchObject({
      status: 400,
      body: { error_description: 'Client credentials cannot be supplied via query parameters.' },
    })
  })

  it('is rejected when it has a secret in the header and another in the form', async () => {
    const { clientId, clientSecret = '' } = okta.client('web')
    const form = { grant_type: 'refresh_token', refresh_token: 'x', client_secret: clientSecret }
    expect(await post(okta, TOKEN, form, basic(`${clientId}:${clientSecret}`))).toMatchObject({
      status: 401,
      body: {
        error: 'invalid_request',
        error_description: expect.stringContaining('Cannot supply multiple client credentials.'),
      },
    })
  })

  it.each([
    ['a word', { authorization: 'Basic %%%' }],
    ['only the ID of a confidential app', undefined],
  ])('is rejected when the Authorization header is Basic with %s', async (_case, headers) => {
    const form = { grant_type: 'refresh_token', refresh_token: 'x' }
    expect(await post(okta, TOKEN, form, headers ?? basic(okta.client('web').clientId))).toMatchObject({
      status: 401,
      body: { error_description: 'Found Authentication header but was not valid client credentials.' },
    })
  })

  it('can use the scheme "Basic:", as passport-okta-oauth sends it', async () => {
    const { clientId, clientSecret } = okta.client('web')
    const form = { grant_type: 'refresh_token', refresh_token: 'x' }
    const headers = basic(`${clientId}:${clientSecret}`, 'Basic:')
    expect(await post(okta, TOKEN, form, headers)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } })
  })

  it('is rejected when it asks for a scope of a user by client credentials', async () => {
    const form = await clientCredentials(okta, okta.client('service'), { scope: 'okta.users.read.self' })
    expect(await post(okta, TOKEN, form)).toMatchObject({
      status: 400,
      body: { error: 'client_credentials_self_scope_requested' },
    })
  })
})

describe('a public app', () => {
  it.each([
    ['its ID without a colon in the Authorization header, as auth-js sends it', '', true],
    ['its ID in the query', 'query', false],
  ])('can introspect and revoke a token with %s', async (_case, place, usesHeader) => {
    const { clientId } = okta.client('spa')
    const { body } = await userTokens(okta, okta.client('spa'))
    const call = (path: string) =>
      post(
        okta,
        place === 'query' ? `${path}?client_id=${clientId}` : path,
        { token: body.access_token },
        usesHeader ? basic(clientId) : {},
      )
    expect(await call('/oauth2/v1/introspect')).toMatchObject({ status: 200, body: { active: true } })
    const revoked = await call('/oauth2/v1/revoke')
    expect([revoked.status, revoked.text, revoked.headers.get('content-type')]).toEqual([200, '', null])
    expect(await call('/oauth2/v1/introspect')).toMatchObject({ body: { active: false } })
  })
})
