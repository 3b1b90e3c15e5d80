import { allowInsecureRequests, discoveryRequest, processDiscoveryResponse } from 'oauth4webapi'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { send } from '../../../../test/support/relying-party.test.support.js'
import { type OktaEmulator, startOktaEmulator } from '../../../start-okta-emulator.js'

let okta: OktaEmulator
beforeAll(async () => {
  okta = await startOktaEmulator()
})
afterAll(() => okta.close())

it.each(['oidc', 'oauth2'] as const)(
  'returns metadata that oauth4webapi accepts, with %s discovery',
  async algorithm => {
    const options = { algorithm, [allowInsecureRequests]: true }
    const server = await processDiscoveryResponse(okta.orgUrl, await discoveryRequest(okta.orgUrl, options))
    expect(server).toMatchObject({
      issuer: okta.orgUrl.origin,
      authorization_endpoint: `${okta.orgUrl.origin}/oauth2/v1/authorize`,
      token_endpoint: `${okta.orgUrl.origin}/oauth2/v1/token`,
      revocation_endpoint: `${okta.orgUrl.origin}/oauth2/v1/revoke`,
      introspection_endpoint: `${okta.orgUrl.origin}/oauth2/v1/introspect`,
      userinfo_endpoint: `${okta.orgUrl.origin}/oauth2/v1/userinfo`,
      code_challenge_methods_supported: ['S256'],
    })
    expect(server).not.toHaveProperty('authorization_response_iss_parameter_supported')
  },
)

it('publishes the public key of its ID tokens', async () => {
  const { body } = await send(new URL('/oauth2/v1/keys', okta.orgUrl))
  const { keys } = body
  const [key] = keys as Record<string, string>[]
  expect(key).toMatchObject({ kty: 'RSA', alg: 'RS256', use: 'sig', kid: expect.any(String), n: expect.any(String) })
  expect(key).not.toHaveProperty('d')
})

it('identifies the host as an Okta org', async () => {
  const { status, body } = await send(new URL('/.well-known/okta-organization', okta.orgUrl))
  expect(status).toBe(200)
  expect(body).toMatchObject({ id: expect.stringMatching(/^00o\w{17}$/), pipeline: 'idx' })
})

it('has the metadata of a custom authorization server at both well-known paths', async () => {
  await using custom = await startOktaEmulator({ authorizationServers: [{ id: 'default', scopes: ['orders:read'] }] })
  const read = async (path: string) => (await send(new URL(path, custom.orgUrl))).body
  const document = await read('/.well-known/oauth-authorization-server/oauth2/default')
  expect(document).toMatchObject({ issuer: `${custom.orgUrl.origin}/oauth2/default` })
  expect(await read('/oauth2/default/.well-known/oauth-authorization-server')).toEqual(document)
  expect(await read('/.well-known/oauth-authorization-server/oauth2/nope')).toMatchObject({
    errorCode: 'E0000007',
    errorSummary: 'Not found: Resource not found: nope (AuthorizationServer)',
  })
  custom.setFeatures({ apiAccessManagement: false })
  expect(await read('/.well-known/oauth-authorization-server/oauth2/default')).toMatchObject({ errorCode: 'E0000015' })
})

it.each(['/.well-known/openid-configuration', '/.well-known/oauth-authorization-server', '/oauth2/v1/keys'])(
  'rejects an unknown client_id at %s',
  async path => {
    expect(await send(new URL(`${path}?client_id=nope`, okta.orgUrl))).toMatchObject({
      status: 400,
      body: { errorCode: 'invalid_client' },
    })
    const { clientId } = okta.client('spa')
    expect(await send(new URL(`${path}?client_id=${clientId}`, okta.orgUrl))).toMatchObject({ status: 200 })
  },
)

it('lists only endpoints that exist', async () => {
  for (const name of ['openid-configuration', 'oauth-authorization-server']) {
    const { body } = await send(new URL(`/.well-known/${name}`, okta.orgUrl))
    const endpoints = Object.entries(body).filter(([key]) => /_endpoint$|_uri$/.test(key))
    expect(endpoints.length).toBeGreaterThan(8)
    for (const [, url] of endpoints) expect((await send(String(url))).status).not.toBe(404)
  }
})
