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
