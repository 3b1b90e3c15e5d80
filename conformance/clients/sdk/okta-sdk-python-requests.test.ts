import { type OktaEmulator, startOktaEmulator } from '@connect-okta/emulator'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type RawRequest, rawRequest } from '../../support/raw-request.js'
import { type ServiceApp, serviceApp } from '../../support/service-app.js'

// The SDK is not in the registries that CI reaches, so these are its requests, as its versions send them.
describe('the requests of okta (Python)', () => {
  let okta: OktaEmulator
  let app: ServiceApp
  beforeAll(async () => {
    okta = await startOktaEmulator()
    app = await serviceApp(okta.client('service'), new URL('/oauth2/v1/token', okta.orgUrl).href)
  })
  afterEach(() => okta.reset())
  afterAll(() => okta?.close())

  const form = { 'Content-Type': 'application/x-www-form-urlencoded' }
  async function requestToken(query: object, body: RawRequest['body'], headers: Record<string, string> = form) {
    const path = `/oauth2/v1/token${Object.keys(query).length > 0 ? `?${new URLSearchParams({ ...query })}` : ''}`
    const { status, json } = await rawRequest(okta.localUrl, { method: 'POST', path, body, headers })
    return { status, ...Object(json) }
  }
  const token = { status: 200, token_type: 'Bearer', expires_in: 3600, scope: 'okta.users.read' }

  it('2.0 to 2.9.8: gets a token with all parameters in the query', async () => {
    expect(await requestToken(await app.tokenParameters('okta.users.read'), '')).toMatchObject(token)
  })

  it('2.9.9: is rejected with parameters as JSON', async () => {
    const { client_assertion, ...others } = await app.tokenParameters('okta.users.read')
    const headers = { 'Content-Type': 'application/json' }
    expect(await requestToken(others, { client_assertion }, headers)).toMatchObject({
      status: 400,
      errorCode: 'E0000021',
    })
  })

  it('2.9.10 to 2.9.13: gets a token with only the assertion in the form', async () => {
    const { client_assertion = '', ...others } = await app.tokenParameters('okta.users.read')
    expect(await requestToken(others, new URLSearchParams({ client_assertion }))).toMatchObject(token)
  })

  it('3.0 and 3.1: is rejected with the assertion in the query and in the form', async () => {
    const parameters = await app.tokenParameters('okta.users.read')
    const { client_assertion = '' } = parameters
    expect(await requestToken(parameters, new URLSearchParams({ client_assertion }))).toMatchObject({
      status: 400,
      error: 'invalid_request',
      error_description: 'The request contained multiple parameters with the same name.',
    })
  })

  it('from 3.2: gets a token with all parameters in the form', async () => {
    const body = new URLSearchParams(await app.tokenParameters('okta.users.read'))
    expect(await requestToken({}, body)).toMatchObject(token)
  })

  it.each(['SSWS', 'SSWS '])('lists users with an API token after "%s"', async scheme => {
    const headers = { Authorization: `${scheme}${okta.apiTokens[0]?.value}` }
    const { status, json } = await rawRequest(okta.localUrl, { method: 'GET', path: '/api/v1/users', headers })
    expect(status).toBe(200)
    expect(json).toHaveLength(28)
  })

  it('is rejected with an unknown API token, with and without a space', async () => {
    for (const Authorization of ['SSWSunknown', 'SSWS unknown']) {
      const request = { method: 'GET', path: '/api/v1/users', headers: { Authorization } }
      const { status, json } = await rawRequest(okta.localUrl, request)
      expect({ status, ...Object(json) }).toMatchObject({ status: 401, errorCode: 'E0000011' })
    }
  })

  it('is rejected when a secret is in the query', async () => {
    const { clientId, clientSecret } = okta.client('web')
    const parameters = { grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret }
    expect(await requestToken(parameters, '')).toMatchObject({ error: 'invalid_request' })
  })
})
