import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ecKey } from '../../../test/support/key-server.test.support.js'
import { managementClient } from '../../../test/support/management.test.support.js'
import {
  ASSERTION_TYPE,
  authorizeUrl,
  callApi,
  clientAssertion,
  post,
  redeem,
} from '../../../test/support/relying-party.test.support.js'
import { type OktaEmulator, startOktaEmulator } from '../../start-okta-emulator.js'
import { ScriptedBrowser } from '../../testing/scripted-browser.js'

const key = await ecKey('the-key')
const { d: _private, ...publicKey } = key
const app = (oauthClient: object, credentials: object = {}) => ({
  name: 'oidc_client',
  label: 'My app',
  signOnMode: 'OPENID_CONNECT',
  credentials: { oauthClient: credentials },
  settings: { oauthClient },
})
const WEB = {
  application_type: 'web',
  redirect_uris: ['https://example.com/callback'],
  grant_types: ['authorization_code'],
}
const SERVICE = {
  application_type: 'service',
  grant_types: ['client_credentials'],
  response_types: ['token'],
  jwks: { keys: [publicKey] },
}

let okta: OktaEmulator
let call: ReturnType<typeof managementClient>
beforeEach(async () => {
  okta = await startOktaEmulator({ people: 0 })
  call = managementClient(okta)
})
afterEach(() => okta.close())

const create = async (body: object, query = '') => call('POST', `/api/v1/apps${query}`, body)
const createService = async () =>
  String((await create(app(SERVICE, { token_endpoint_auth_method: 'private_key_jwt' }))).body.id)

async function requestToken(clientId: string) {
  const client = { ...okta.client('service'), clientId, jwk: { ...key, alg: 'ES256' } }
  return post(okta, '/oauth2/v1/token', {
    grant_type: 'client_credentials',
    scope: 'okta.users.read',
    client_assertion_type: ASSERTION_TYPE,
    client_assertion: await clientAssertion(client, new URL('/oauth2/v1/token', okta.orgUrl).href),
  })
}

describe('apps', () => {
  it('are listed in pages, and found by name, status and user', async () => {
    const { headers, text } = await call('GET', '/api/v1/apps?limit=2')
    expect(JSON.parse(text)).toHaveLength(2)
    expect(headers.get('link')).toContain(`/api/v1/apps?after=${JSON.parse(text)[1].id}&limit=2>; rel="next"`)
    const found = async (query: string) => JSON.parse((await call('GET', `/api/v1/apps?${query}`)).text).length
    expect(await found('q=Emulated spa')).toBe(1)
    expect(await found('filter=status eq "INACTIVE"')).toBe(0)
    expect(await found(`filter=user.id eq "${okta.users[2]?.id}"`)).toBe(0)
    expect(await call('GET', '/api/v1/apps?after=0oaUnknown0000000000')).toMatchObject({
      status: 400,
      body: { errorCode: 'E0000029', errorCauses: [{ errorSummary: 'Invalid cursor.' }] },
    })
    expect(await call('GET', '/api/v1/apps?expand=user')).toMatchObject({
      body: { errorCauses: [{ errorSummary: 'Expand query is malformed.' }] },
    })
  })

  it('sign users in when they are created and assigned', async () => {
    const created = await create(app(WEB))
    expect(created).toMatchObject({ status: 200, body: { label: 'My app', status: 'ACTIVE' } })
    const { client_id: clientId, client_secret: clientSecret } = (
      created.body.credentials as { oauthClient: { client_id: string; client_secret: string } }
    ).oauthClient
    const client = { ...okta.client('web'), clientId, clientSecret, redirectUris: WEB.redirect_uris }
    const signIn = () => new ScriptedBrowser(okta).signIn(authorizeUrl(okta, client), okta.users[0])
    expect((await signIn()).searchParams.get('error')).toBe('access_denied')
    const assigned = await call('POST', `/api/v1/apps/${clientId}/users`, { id: okta.users[0]?.id })
    expect(assigned).toMatchObject({
      status: 200,
      body: { scope: 'USER', credentials: { userName: okta.users[0]?.login } },
    })
    expect(await redeem(okta, client, await signIn())).toMatchObject({ status: 200 })
    expect(await call('DELETE', `/api/v1/apps/${clientId}/users/${okta.users[0]?.id}`)).toMatchObject({ status: 204 })
    expect((await signIn()).searchParams.get('error')).toBe('access_denied')
  })

  it('of the kind service get tokens for the scopes that are granted', async () => {
    const id = await createService()
    expect(await requestToken(id)).toMatchObject({ status: 400, body: { error: 'consent_required' } })
    const grants = `/api/v1/apps/${id}/grants`
    const grant = { scopeId: 'okta.users.read', issuer: okta.orgUrl.origin }
    const granted = await call('POST', grants, grant)
    expect(granted.body).toMatchObject({ id: expect.stringMatching(/^oag/), scopeId: 'okta.users.read', clientId: id })
    const { status, body } = await requestToken(id)
    expect(status).toBe(200)
    // No admin role is assigned to it.
    expect(await callApi(okta, '/api/v1/users', body.access_token)).toMatchObject({ status: 403 })
    expect(await call('DELETE', `${grants}/${granted.body.id}`)).toMatchObject({ status: 204 })
    expect(await requestToken(id)).toMatchObject({ status: 400 })
    expect(await call('POST', grants, { ...grant, scopeId: 'nonsense' })).toMatchObject({ status: 400 })
  })

  it('keep their ID, keys and users when they are replaced', async () => {
    const id = await createService()
    const before = (await call('GET', `/api/v1/apps/${id}/credentials/jwks`)).body
    const changed = await call('PUT', `/api/v1/apps/${id}`, {
      ...app(SERVICE, { token_endpoint_auth_method: 'private_key_jwt' }),
      label: 'Renamed',
    })
    expect(changed).toMatchObject({ status: 200, body: { id, label: 'Renamed' } })
    expect((await call('GET', `/api/v1/apps/${id}/credentials/jwks`)).body).toEqual(before)
  })

  it('are deleted when they are inactive, and their tokens stop working', async () => {
    const id = await createService()
    await call('POST', `/api/v1/apps/${id}/grants`, { scopeId: 'okta.users.read', issuer: okta.orgUrl.origin })
    const { body } = await requestToken(id)
    expect(await call('DELETE', `/api/v1/apps/${id}`)).toMatchObject({
      status: 403,
      body: {
        errorCode: 'E0000056',
        errorCauses: [{ errorSummary: 'The application must be deactivated before deletion.' }],
      },
    })
    expect(await call('POST', `/api/v1/apps/${id}/lifecycle/deactivate`)).toMatchObject({ status: 200, text: '{}' })
    expect(await callApi(okta, '/api/v1/users', body.access_token)).toMatchObject({ status: 401 })
    expect(await requestToken(id)).toMatchObject({ status: 401 })
    expect(await call('DELETE', `/api/v1/apps/${id}`)).toMatchObject({ status: 204 })
    expect(await call('GET', `/api/v1/apps/${id}`)).toMatchObject({ status: 404 })
  })

  it.each<[string, object]>([
    ['label', { ...app(WEB), label: undefined }],
    ['signOnMode', { ...app(WEB), signOnMode: 'SAML_2_0' }],
    ['name', { ...app(WEB), name: 'salesforce' }],
    ['application_type', app({ ...WEB, application_type: 'toaster' })],
    ['grant_types', app({ ...WEB, grant_types: ['password'] })],
    ['redirect_uris', app({ ...WEB, redirect_uris: [] })],
    ['jwks', app({ ...SERVICE, jwks: undefined }, { token_endpoint_auth_method: 'private_key_jwt' })],
    ['token_endpoint_auth_method', app(WEB, { token_endpoint_auth_method: 'client_secret_jwt' })],
  ])('are rejected when the %s is wrong', async (subject, body) => {
    expect(await create(body)).toMatchObject({
      status: 400,
      body: { errorCode: 'E0000001', errorSummary: `Api validation failed: ${subject}` },
    })
  })

  const privateKey = { token_endpoint_auth_method: 'private_key_jwt' }
  it.each<[string, object, object]>([
    ['a private key', { ...SERVICE, jwks: { keys: [key] } }, privateKey],
    ['a symmetric key', { ...SERVICE, jwks: { keys: [{ kty: 'oct', k: 'x' }] } }, privateKey],
    ['no key', { ...SERVICE, jwks: { keys: [] } }, privateKey],
    ['null as a key', { ...SERVICE, jwks: { keys: [null] } }, privateKey],
    ['two keys with the same kid', { ...SERVICE, jwks: { keys: [publicKey, publicKey] } }, privateKey],
    ['a number as jwks_uri', { ...SERVICE, jwks: undefined, jwks_uri: 5 }, privateKey],
    ['keys and their URL', { ...SERVICE, jwks_uri: 'https://example.com/jwks.json' }, privateKey],
    ['a text as dpop_bound_access_tokens', { ...WEB, dpop_bound_access_tokens: 'true' }, {}],
    ['another response type', { ...WEB, response_types: ['id_token'] }, {}],
    ['a client ID', WEB, { client_id: 'my-custom-client' }],
    ['a short secret', WEB, { client_secret: 'x' }],
    ['a number as a secret', WEB, { client_secret: 12345678901234 }],
    ['a setting that the emulator does not have', { ...WEB, request_object_signing_alg: 'RS256' }, {}],
    ['a redirect URI with a fragment', { ...WEB, redirect_uris: ['https://example.com/#x'] }, {}],
    ['a redirect URI twice', { ...WEB, redirect_uris: ['https://example.com/', 'https://example.com/'] }, {}],
    ['no grant type', { ...WEB, grant_types: [] }, {}],
  ])('are rejected with %s', async (_case, client, credentials) => {
    expect(await create(app(client, credentials))).toMatchObject({
      status: 400,
      body: { errorCode: expect.stringMatching(/^E000000[13]$/) },
    })
  })

  it('have the secret of the request, and require PKCE when their settings say so', async () => {
    const credentials = { client_secret: 'a-secret-of-20-chars', pkce_required: true }
    const { body } = await create(app(WEB, credentials))
    expect(body.credentials).toMatchObject({ oauthClient: credentials })
    const clientId = String(body.id)
    await call('POST', `/api/v1/apps/${clientId}/users`, { id: okta.users[0]?.id })
    const client = { ...okta.client('web'), clientId, redirectUris: WEB.redirect_uris }
    const without = { code_challenge: undefined, code_challenge_method: undefined }
    const { externalRedirect } = await new ScriptedBrowser(okta).open(authorizeUrl(okta, client, without))
    expect(externalRedirect?.searchParams.get('error_description')).toBe(
      'PKCE code challenge is required by the application.',
    )
    const changed = { ...app(WEB, { ...credentials, client_secret: 'another-secret-of-20' }) }
    expect((await call('PUT', `/api/v1/apps/${clientId}`, changed)).body.credentials).toMatchObject({
      oauthClient: { client_secret: 'another-secret-of-20' },
    })
  })

  it('keep the users that the API has assigned when another setting changes', async () => {
    const { body } = await call('POST', '/api/v1/users', {
      profile: { firstName: 'Isaac', lastName: 'Brock', email: 'i@example.com', login: 'i@example.com' },
      credentials: { password: { value: 'tlpWENT2m-1' } },
    })
    const { clientId } = okta.client('spa')
    await okta.update(clientId, { dpop: true })
    expect(await call('GET', `/api/v1/apps/${clientId}/users/${body.id}`)).toMatchObject({ status: 200 })
    await okta.update(clientId, { assignedUsers: ['i@example.com'] })
    expect(okta.client('spa').assignedUsers).toEqual(['i@example.com'])
  })

  it('can be deleted page by page', async () => {
    let next: string | undefined = '/api/v1/apps?limit=2'
    const seen: string[] = []
    while (next !== undefined) {
      const { headers, text }: Awaited<ReturnType<typeof call>> = await call('GET', next)
      for (const { id } of JSON.parse(text)) {
        seen.push(id)
        await call('POST', `/api/v1/apps/${id}/lifecycle/deactivate`)
        expect(await call('DELETE', `/api/v1/apps/${id}`)).toMatchObject({ status: 204 })
      }
      next = /<([^>]+)>; rel="next"/.exec(headers.get('link') ?? '')?.[1]
    }
    expect(seen).toHaveLength(5)
  })

  it('are inactive when they are created with activate=false', async () => {
    expect((await create(app(WEB), '?activate=false')).body).toMatchObject({ status: 'INACTIVE' })
  })
})
