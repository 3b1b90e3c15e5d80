import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import {
  authorizeUrl,
  callApi,
  proofKey,
  redeem,
  refresh,
  userTokens,
} from '../../../test/support/relying-party.test.support.js'
import { type OktaEmulator, startOktaEmulator } from '../../start-okta-emulator.js'
import { ScriptedBrowser } from '../../testing/scripted-browser.js'

const OFFLINE = { scope: 'openid offline_access okta.users.read' }
const rejected = {
  status: 400,
  body: { error: 'invalid_grant', error_description: 'The refresh token is invalid or expired.' },
}

let okta: OktaEmulator
beforeAll(async () => {
  okta = await startOktaEmulator({
    clients: [
      { kind: 'spa' },
      { kind: 'native' },
      { kind: 'web', repeatRefreshToken: false },
      { kind: 'spa', dpop: true },
    ],
  })
})
afterAll(() => okta.close())
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'] })
})
afterEach(() => {
  vi.useRealTimers()
})

describe('a refresh token', () => {
  it('is issued only when the authorization request has offline_access', async () => {
    const withOffline = await userTokens(okta, okta.client('native'), OFFLINE)
    expect(withOffline.body).toMatchObject({ refresh_token: expect.any(String), scope: OFFLINE.scope })
    const withoutOffline = await userTokens(okta, okta.client('native'), { scope: 'openid okta.users.read' })
    expect(withoutOffline.body).not.toHaveProperty('refresh_token')
  })

  it('is not issued when only the token request has offline_access', async () => {
    const response = await new ScriptedBrowser(okta).signIn(authorizeUrl(okta, okta.client('native')), okta.users[0])
    const { body } = await redeem(okta, okta.client('native'), response, { scope: 'openid offline_access' })
    expect(body).not.toHaveProperty('refresh_token')
  })

  it('is rejected when it is unknown, missing or of another app', async () => {
    const { body } = await userTokens(okta, okta.client('native'), OFFLINE)
    expect(await refresh(okta, okta.client('native'), 'made-up')).toMatchObject(rejected)
    expect(await refresh(okta, okta.client('spa'), body.refresh_token)).toMatchObject(rejected)
    expect(await refresh(okta, okta.client('native'), '', { refresh_token: undefined })).toMatchObject({
      status: 400,
      body: { error: 'invalid_request' },
    })
  })

  it('cannot get more scopes than the sign-in had', async () => {
    const { body } = await userTokens(okta, okta.client('native'), OFFLINE)
    const scope = 'offline_access okta.users.manage'
    expect(await refresh(okta, okta.client('native'), body.refresh_token, { scope })).toMatchObject({
      status: 400,
      body: {
        error: 'access_denied',
        error_description:
          'Some of the scopes requested for the refresh request were not granted in the original authorize request. Denied scopes: okta.users.manage.',
      },
    })
  })

  it('is not returned when the refresh has a scope without offline_access', async () => {
    const spa = okta.client('spa')
    const { body } = await userTokens(okta, spa, OFFLINE)
    const narrow = await refresh(okta, spa, body.refresh_token, { scope: 'okta.users.read' })
    expect(narrow).toMatchObject({ status: 200, body: { scope: 'okta.users.read' } })
    expect(narrow.body).not.toHaveProperty('refresh_token')
    vi.advanceTimersByTime(60_000)
    expect(await refresh(okta, spa, body.refresh_token)).toMatchObject({ status: 200 })
  })
})

describe('a persistent refresh token', () => {
  it('stays the same, is returned with each refresh, and can be used again', async () => {
    const native = okta.client('native')
    const { body } = await userTokens(okta, native, OFFLINE)
    const first = await refresh(okta, native, body.refresh_token)
    expect(first.body).toMatchObject({ refresh_token: body.refresh_token, token_type: 'Bearer' })
    expect(first.body.access_token).not.toBe(body.access_token)
    vi.advanceTimersByTime(3600_000)
    const second = await refresh(okta, native, body.refresh_token)
    expect(await callApi(okta, '/api/v1/users/me', second.body.access_token)).toMatchObject({ status: 200 })
  })

  it('is not returned with repeatRefreshToken: false, and still works', async () => {
    const web = okta.client('web')
    const { body } = await userTokens(okta, web, OFFLINE)
    const first = await refresh(okta, web, body.refresh_token)
    expect(first).toMatchObject({ status: 200, body: { access_token: expect.any(String) } })
    expect(first.body).not.toHaveProperty('refresh_token')
    expect(await refresh(okta, web, body.refresh_token)).toMatchObject({ status: 200 })
  })

  it('expires after seven days without use', async () => {
    const native = okta.client('native')
    const day = 24 * 3600_000
    const { body } = await userTokens(okta, native, OFFLINE)
    vi.advanceTimersByTime(5 * day)
    expect(await refresh(okta, native, body.refresh_token)).toMatchObject({ status: 200 })
    vi.advanceTimersByTime(5 * day)
    expect(await refresh(okta, native, body.refresh_token)).toMatchObject({ status: 200 })
    vi.advanceTimersByTime(8 * day)
    expect(await refresh(okta, native, body.refresh_token)).toMatchObject(rejected)
  })
})

describe('a rotating refresh token', () => {
  it('is replaced by each refresh', async () => {
    const spa = okta.client('spa')
    const { body } = await userTokens(okta, spa, OFFLINE)
    const first = await refresh(okta, spa, body.refresh_token)
    expect(first.body.refresh_token).toEqual(expect.any(String))
    expect(first.body.refresh_token).not.toBe(body.refresh_token)
    expect(await refresh(okta, spa, first.body.refresh_token)).toMatchObject({ status: 200 })
  })

  it('works within the grace period after its rotation', async () => {
    const spa = okta.client('spa')
    const { body } = await userTokens(okta, spa, OFFLINE)
    await refresh(okta, spa, body.refresh_token)
    vi.advanceTimersByTime(20_000)
    expect(await refresh(okta, spa, body.refresh_token)).toMatchObject({ status: 200 })
    vi.advanceTimersByTime(9_000)
    expect(await refresh(okta, spa, body.refresh_token)).toMatchObject({ status: 200 })
    // Use within the grace period does not extend it.
    vi.advanceTimersByTime(2_000)
    expect(await refresh(okta, spa, body.refresh_token)).toMatchObject(rejected)
  })

  it('revokes the latest refresh token and all access tokens of the sign-in when it is reused after the grace period', async () => {
    const spa = okta.client('spa')
    const { body } = await userTokens(okta, spa, OFFLINE)
    const newest = await refresh(okta, spa, body.refresh_token)
    vi.advanceTimersByTime(31_000)
    expect(await callApi(okta, '/api/v1/users/me', body.access_token)).toMatchObject({ status: 200 })

    expect(await refresh(okta, spa, body.refresh_token)).toMatchObject(rejected)
    expect(await refresh(okta, spa, newest.body.refresh_token)).toMatchObject(rejected)
    for (const token of [body.access_token, newest.body.access_token]) {
      expect(await callApi(okta, '/api/v1/users/me', token)).toMatchObject({ status: 401 })
    }
  })

  it('does not revoke other sign-ins of the user when it is reused', async () => {
    const spa = okta.client('spa')
    const [one, other] = [await userTokens(okta, spa, OFFLINE), await userTokens(okta, spa, OFFLINE)]
    await refresh(okta, spa, one.body.refresh_token)
    vi.advanceTimersByTime(31_000)
    expect(await refresh(okta, spa, one.body.refresh_token)).toMatchObject(rejected)
    expect(await refresh(okta, spa, other.body.refresh_token)).toMatchObject({ status: 200 })
  })

  it('works once when the grace period is 0', async () => {
    await using strict = await startOktaEmulator({ refreshGraceSeconds: 0 })
    const spa = strict.client('spa')
    const { body } = await userTokens(strict, spa, OFFLINE)
    expect(await refresh(strict, spa, body.refresh_token)).toMatchObject({ status: 200 })
    expect(await refresh(strict, spa, body.refresh_token)).toMatchObject(rejected)
  })
})

describe('a refresh token of an app that requires DPoP', () => {
  it('works only with the key that it is bound to', async () => {
    const spa = okta.client('spa', { dpop: true })
    const url = new URL('/oauth2/v1/token', okta.orgUrl)
    const [key, other] = [await proofKey(), await proofKey()]
    const response = await new ScriptedBrowser(okta).signIn(authorizeUrl(okta, spa, OFFLINE), okta.users[0])
    const challenged = await redeem(okta, spa, response, {}, { dpop: await key.proof('POST', url) })
    expect(challenged.body.error).toBe('use_dpop_nonce')
    const nonce = challenged.headers.get('dpop-nonce')
    const proof = async (by = key) => ({ dpop: await by.proof('POST', url, { nonce }) })

    // The code is still valid after use_dpop_nonce.
    const { body } = await redeem(okta, spa, response, {}, await proof())
    expect(body.token_type).toBe('DPoP')
    expect(await refresh(okta, spa, body.refresh_token, {}, await proof(other))).toMatchObject({
      status: 400,
      body: { error: 'invalid_dpop_proof' },
    })
    expect(await refresh(okta, spa, body.refresh_token)).toMatchObject({
      status: 400,
      body: { error: 'invalid_dpop_proof', error_description: 'The DPoP proof JWT header is missing.' },
    })
    expect(await refresh(okta, spa, body.refresh_token, {}, await proof())).toMatchObject({
      status: 200,
      body: { token_type: 'DPoP' },
    })
  })
})
