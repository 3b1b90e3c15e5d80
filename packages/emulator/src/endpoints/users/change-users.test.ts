import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { managementClient } from '../../../test/support/management.test.support.js'
import { authorizeUrl, redeem } from '../../../test/support/relying-party.test.support.js'
import { type OktaEmulator, startOktaEmulator } from '../../start-okta-emulator.js'
import { ScriptedBrowser } from '../../testing/scripted-browser.js'

const LOGIN = 'isaac.brock@example.com'
const PASSWORD = 'tlpWENT2m-1'
const profile = { firstName: 'Isaac', lastName: 'Brock', email: LOGIN, login: LOGIN }
const withPassword = { profile, credentials: { password: { value: PASSWORD } } }

let okta: OktaEmulator
let call: ReturnType<typeof managementClient>
beforeEach(async () => {
  okta = await startOktaEmulator({ clients: [{ kind: 'spa', scopes: ['okta.users.read.self'] }, { kind: 'native' }] })
  call = managementClient(okta)
})
afterEach(() => okta.close())

const create = async (body: object = withPassword, query = '') =>
  (await call('POST', `/api/v1/users${query}`, body)).body
const signIn = async (password = PASSWORD) =>
  new ScriptedBrowser(okta).signIn(
    authorizeUrl(okta, okta.client('spa'), { scope: 'openid offline_access okta.users.read.self' }),
    { login: LOGIN, password },
  )
const tokens = async () => (await redeem(okta, okta.client('spa'), await signIn())).body

describe('POST /api/v1/users', () => {
  it.each([
    ['ACTIVE', withPassword, ''],
    ['PROVISIONED', { profile }, ''],
    ['STAGED', withPassword, '?activate=false'],
    ['PASSWORD_EXPIRED', withPassword, '?nextLogin=changePassword'],
  ])('creates a user who is %s', async (status, body, query) => {
    const user = await create(body, query)
    expect(user).toMatchObject({ status, profile: { ...profile, mobilePhone: null, secondEmail: null } })
    expect((await call('GET', `/api/v1/users/${user.id}`)).body).toMatchObject({ id: user.id, status })
  })

  it('creates a user who can sign in to the apps of all users', async () => {
    await create()
    expect(await tokens()).toMatchObject({ token_type: 'Bearer', refresh_token: expect.any(String) })
  })

  it.each<[string, object, string, string]>([
    [
      'the login exists',
      { profile: { ...profile, login: 'ada.lovelace@example.com' } },
      'login',
      'login: An object with this field already exists in the current organization',
    ],
    [
      'an attribute is unknown',
      { profile: { ...profile, shoeSize: 42 } },
      'newUser',
      "Property name 'shoeSize' is not defined in profile",
    ],
    [
      'an attribute is missing',
      { profile: { ...profile, lastName: undefined } },
      'lastName',
      'lastName: The field cannot be left blank',
    ],
    [
      'the login is not an address',
      { profile: { ...profile, login: 'isaac' } },
      'login',
      'login: Username must be in the form of an email address',
    ],
    [
      'the password is weak',
      { profile, credentials: { password: { value: 'abc' } } },
      'password',
      expect.stringContaining('Password requirements were not met'),
    ],
  ])('is rejected when %s', async (_case, body, subject, cause) => {
    expect(await call('POST', '/api/v1/users', body)).toMatchObject({
      status: 400,
      body: {
        errorCode: 'E0000001',
        errorSummary: `Api validation failed: ${subject}`,
        errorCauses: [{ errorSummary: cause }],
      },
    })
  })

  it.each([
    ['E0000003', '{'],
    ['E0000003', '[]'],
  ])('is rejected with %s when the body is %s', async (errorCode, text) => {
    const response = await fetch(new URL('/api/v1/users', okta.orgUrl), {
      method: 'POST',
      body: text,
      headers: { authorization: `SSWS ${okta.apiTokens[0]?.value}`, 'content-type': 'application/json' },
    })
    expect([response.status, await response.json()]).toEqual([400, expect.objectContaining({ errorCode })])
  })

  it('is rejected when the password must expire and there is none, or the user is not active', async () => {
    expect(await create({ profile }, '?nextLogin=changePassword')).toMatchObject({ errorCode: 'E0000124' })
    expect(await create(withPassword, '?nextLogin=changePassword&activate=false')).toMatchObject({
      errorCode: 'E0000125',
    })
  })
})

describe('a body', () => {
  it.each<[string, object]>([
    ['E0000003', { profile: { ...profile, firstName: 5 } }],
    ['E0000003', { profile: { ...profile, title: ['x'] } }],
    ['E0000003', { profile: 'x' }],
    ['E0000001', { profile: { ...profile, firstName: 'x'.repeat(51) } }],
    ['E0000001', { profile: { ...profile, secondEmail: 'nonsense' } }],
    ['E0000001', { profile: { ...profile, countryCode: 'ZZZ' } }],
    ['E0000001', { profile, realmId: 'guonope' }],
    ['E0000001', { profile, type: { id: 'otynope' } }],
    ['E0000001', { profile, credentials: { provider: { type: 'FEDERATION', name: 'FEDERATION' } } }],
    ['E0000001', { profile, credentials: { recovery_question: { question: 'Who?' } } }],
    ['E0000001', { profile, credentials: { password: { hash: {} } } }],
  ])('is rejected with %s when it is %j', async (errorCode, body) => {
    expect(await call('POST', '/api/v1/users', body)).toMatchObject({ status: 400, body: { errorCode } })
  })

  it('without a profile is rejected by PUT, which replaces it', async () => {
    const { id } = await create()
    expect(await call('PUT', `/api/v1/users/${id}`, {})).toMatchObject({ status: 400 })
    expect(await call('POST', `/api/v1/users/${id}`, {})).toMatchObject({ status: 200 })
  })

  it('that was read can be sent back, also with the members in another order', async () => {
    const { id } = await create()
    const { body } = await call('GET', `/api/v1/users/${id}`)
    expect(await call('PUT', `/api/v1/users/${id}`, body)).toMatchObject({ status: 200 })
    const credentials = { provider: { name: 'OKTA', type: 'OKTA' } }
    expect(await call('PUT', `/api/v1/users/${id}`, { ...body, credentials })).toMatchObject({ status: 200 })
  })
})

describe('an API token', () => {
  it('survives a new login of its user', async () => {
    const { id } = okta.users[0] ?? {}
    await call('POST', `/api/v1/users/${id}`, { profile: { login: 'countess@example.com' } })
    expect(await call('GET', `/api/v1/users/${id}`)).toMatchObject({
      body: { profile: { login: 'countess@example.com' } },
    })
  })
})

describe('a change of a user', () => {
  it('merges attributes with POST, and replaces them with PUT', async () => {
    const { id } = await create({ profile: { ...profile, department: 'R&D' } })
    const merged = await call('POST', `/api/v1/users/${id}`, { profile: { title: 'Engineer' } })
    expect(merged.body).toMatchObject({ profile: { department: 'R&D', title: 'Engineer' } })
    const { body } = await call('PUT', `/api/v1/users/${id}`, { profile })
    expect(body.profile).toEqual({ ...profile, mobilePhone: null, secondEmail: null })
  })

  it('keeps a custom attribute whose last value is deleted', async () => {
    await using org = await startOktaEmulator({ people: 0, customAttributes: ['costCode'] })
    const change = managementClient(org)
    const set = (costCode: string | null) =>
      change('POST', `/api/v1/users/${org.users[0]?.id}`, { profile: { costCode } })
    for (const value of ['A', null, 'B']) expect(await set(value)).toMatchObject({ status: 200 })
  })

  it('keeps the apps of a user whose login changes', async () => {
    const { id } = await create()
    const login = 'isaac@example.com'
    await call('POST', `/api/v1/users/${id}`, { profile: { login } })
    const url = authorizeUrl(okta, okta.client('spa'))
    const redirect = await new ScriptedBrowser(okta).signIn(url, { login, password: PASSWORD })
    expect(redirect.searchParams.has('code')).toBe(true)
  })

  it('is rejected when the ETag is old', async () => {
    const { id } = await create()
    const etag = (await call('GET', `/api/v1/users/${id}`)).headers.get('etag') ?? ''
    expect(etag).toMatch(/^W\/"[0-9a-f]{64}"$/)
    const change = (condition: string, title: string) =>
      call('POST', `/api/v1/users/${id}`, { profile: { title } }, { 'if-match': condition })
    expect(await change(etag, 'one')).toMatchObject({ status: 200 })
    expect(await change(etag, 'two')).toMatchObject({ status: 412, body: { errorCode: 'E0000231' } })
    expect(await change('nonsense', 'two')).toMatchObject({ status: 400, body: { errorCode: 'E0000242' } })
  })

  it('finds the user by ID, login or short login', async () => {
    const { id } = await create()
    for (const name of [id, LOGIN, LOGIN.toUpperCase(), 'isaac.brock']) {
      expect((await call('GET', `/api/v1/users/${name}`)).body).toMatchObject({ id })
    }
  })
})
