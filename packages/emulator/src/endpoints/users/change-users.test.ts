import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { managementClient } from '../../../test/support/management.test.support.js'
import { authorizeUrl, callApi, redeem, refresh } from '../../../test/support/relying-party.test.support.js'
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
const links = (body: object) => Object.keys((body as { _links: object })._links).sort()

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

  it('that was read can be sent back', async () => {
    const { id } = await create()
    const { body } = await call('GET', `/api/v1/users/${id}`)
    expect(await call('PUT', `/api/v1/users/${id}`, { ...body, credentials: undefined })).toMatchObject({ status: 200 })
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

describe('the lifecycle of a user', () => {
  const act = (id: unknown, action: string, query = '') =>
    call('POST', `/api/v1/users/${id}/lifecycle/${action}${query}`)

  it('has the links of each status', async () => {
    const { id } = await create()
    const found = async () => links((await call('GET', `/api/v1/users/${id}`)).body)
    expect(await found()).toContain('suspend')
    await act(id, 'suspend')
    expect(await found()).toEqual(['deactivate', 'resetFactors', 'schema', 'self', 'type', 'unsuspend'])
    await act(id, 'deactivate')
    expect(await found()).toEqual(['activate', 'delete', 'resetFactors', 'schema', 'self', 'type'])
    expect((await call('GET', '/api/v1/users?q=isaac')).text).toBe('[]')
    expect((await call('GET', '/api/v1/users?filter=status eq "DEPROVISIONED"')).text).toContain(String(id))
  })

  it('stops the tokens of a suspended user until the suspension ends', async () => {
    const { id } = await create()
    const { access_token, refresh_token } = await tokens()
    const me = async () => (await callApi(okta, '/api/v1/users/me', access_token)).status
    expect(await me()).toBe(200)
    expect(await act(id, 'suspend')).toMatchObject({ status: 200, text: '{}' })
    expect(await me()).toBe(401)
    expect(await refresh(okta, okta.client('spa'), refresh_token)).toMatchObject({
      status: 400,
      body: { error: 'invalid_grant' },
    })
    await expect(signIn()).rejects.toThrow('Unable to sign in')
    expect(await act(id, 'suspend')).toMatchObject({ status: 400, body: { errorCode: 'E0000001' } })
    expect(await act(id, 'unsuspend')).toMatchObject({ status: 200 })
    expect(await me()).toBe(200)
  })

  it('revokes the tokens of a deactivated user, and deletes the user with a second DELETE', async () => {
    const { id } = await create()
    const { access_token } = await tokens()
    const remove = () => call('DELETE', `/api/v1/users/${id}`)
    expect(await remove()).toMatchObject({ status: 204, text: '' })
    expect((await callApi(okta, '/api/v1/users/me', access_token)).status).toBe(401)
    await expect(signIn()).rejects.toThrow('Unable to sign in')
    expect((await call('GET', `/api/v1/users/${id}`)).body).toMatchObject({
      status: 'DEPROVISIONED',
      credentials: { provider: {} },
    })
    expect(await remove()).toMatchObject({ status: 204 })
    expect(await remove()).toMatchObject({ status: 404, body: { errorCode: 'E0000007' } })
    expect(await create()).toMatchObject({ status: 'ACTIVE' })
  })

  it('activates, with a link instead of an email', async () => {
    const { id } = await create({ profile }, '?activate=false')
    expect((await act(id, 'activate', '?sendEmail=false')).body).toEqual({
      activationUrl: expect.stringContaining('/tokens/'),
      activationToken: expect.stringMatching(/^[\w-]{20}$/),
    })
    expect(await act(id, 'activate')).toMatchObject({ status: 403, body: { errorCode: 'E0000016' } })
    expect((await act(id, 'reactivate')).text).toBe('{}')
    expect((await act(id, 'reactivate', '?sendEmail=false')).body).toHaveProperty('activationToken')
    expect(await act(id, 'expire_password')).toMatchObject({ status: 403, body: { errorCode: 'E0000038' } })
  })

  it('expires and resets passwords', async () => {
    const { id } = await create()
    expect((await act(id, 'expire_password')).body).toMatchObject({ id, status: 'PASSWORD_EXPIRED' })
    await expect(signIn()).rejects.toThrow('Unable to sign in')
    expect((await act(id, 'expire_password', '?tempPassword=true')).body).toEqual({ tempPassword: expect.any(String) })
    const { tempPassword } = (await act(id, 'expire_password_with_temp_password', '?revokeSessions=true')).body
    const change = (oldPassword: unknown) =>
      call('POST', `/api/v1/users/${id}/credentials/change_password`, {
        oldPassword: { value: oldPassword },
        newPassword: { value: 'anotherONE-2' },
      })
    expect(await change('wrong')).toMatchObject({ status: 403, body: { errorCode: 'E0000014' } })
    expect((await change(tempPassword)).body).toMatchObject({ password: {}, provider: { type: 'OKTA' } })
    expect((await signIn('anotherONE-2')).searchParams.has('code')).toBe(true)
    expect((await act(id, 'reset_password', '?sendEmail=false&revokeSessions=true')).body).toEqual({
      resetPasswordUrl: expect.stringContaining('/reset_password/'),
    })
    expect((await act(id, 'reset_password')).text).toBe('{}')
    await expect(signIn('anotherONE-2')).rejects.toThrow('Unable to sign in')
    await call('POST', `/api/v1/users/${id}`, { credentials: { password: { value: PASSWORD } } })
    expect((await signIn()).searchParams.has('code')).toBe(true)
  })

  it('locks a user out after ten wrong passwords', async () => {
    const { id } = await create()
    expect(await act(id, 'unlock')).toMatchObject({
      status: 403,
      body: { errorCode: 'E0000032', errorCauses: [{ errorSummary: 'The user is not locked out.' }] },
    })
    for (let attempt = 0; attempt < 10; attempt++) await expect(signIn('wrong')).rejects.toThrow()
    await expect(signIn()).rejects.toThrow('Unable to sign in')
    expect((await call('GET', `/api/v1/users/${id}`)).body).toMatchObject({ status: 'LOCKED_OUT' })
    expect(await act(id, 'unlock')).toMatchObject({ status: 200 })
    expect((await signIn()).searchParams.has('code')).toBe(true)
  })

  it('ends the sessions and revokes the tokens of a user', async () => {
    const { id } = await create()
    const browser = new ScriptedBrowser(okta)
    const url = authorizeUrl(okta, okta.client('spa'), { scope: 'openid okta.users.read.self' })
    const { body } = await redeem(
      okta,
      okta.client('spa'),
      await browser.signIn(url, { login: LOGIN, password: PASSWORD }),
    )
    url.searchParams.set('prompt', 'none')
    expect(await call('DELETE', `/api/v1/users/${id}/sessions?oauthTokens=true`)).toMatchObject({ status: 204 })
    expect((await browser.open(url)).externalRedirect?.searchParams.get('error')).toBe('login_required')
    expect((await callApi(okta, '/api/v1/users/me', body.access_token)).status).toBe(401)
  })
})
