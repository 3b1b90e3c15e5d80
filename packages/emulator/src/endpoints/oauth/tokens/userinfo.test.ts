import { afterAll, beforeAll, expect, it } from 'vitest'
import { callApi, send, serviceToken, userTokens } from '../../../../test/support/relying-party.test.support.js'
import { type OktaEmulator, startOktaEmulator } from '../../../start-okta-emulator.js'

let okta: OktaEmulator
beforeAll(async () => {
  okta = await startOktaEmulator()
})
afterAll(() => okta.close())

it('returns the claims for the scopes of the token', async () => {
  const { id, login } = okta.users[0] ?? {}
  const claims = async (scope: string) => {
    const { body } = await userTokens(okta, okta.client('spa'), { scope })
    return (await callApi(okta, '/oauth2/v1/userinfo', body.access_token)).body
  }
  expect(await claims('openid')).toEqual({ sub: id })
  expect(await claims('openid email')).toEqual({ sub: id, email: login, email_verified: true })
  expect(await claims('openid profile')).toMatchObject({ sub: id, preferred_username: login, name: 'Ada Lovelace' })
})

it('returns 401 with a challenge without a token', async () => {
  const { status, headers } = await send(new URL('/oauth2/v1/userinfo', okta.orgUrl))
  expect([status, headers.get('www-authenticate')]).toEqual([401, expect.stringContaining('error="invalid_request"')])
})

it('rejects an unknown token and one without openid', async () => {
  expect(await callApi(okta, '/oauth2/v1/userinfo', 'made-up')).toMatchObject({ status: 401 })
  const response = await callApi(okta, '/oauth2/v1/userinfo', await serviceToken(okta))
  expect(response.status).toBe(403)
  expect(response.headers.get('www-authenticate')).toContain('error="insufficient_scope"')
})

it('rejects a static API token', async () => {
  expect(await callApi(okta, '/oauth2/v1/userinfo', okta.apiTokens[0]?.value, 'SSWS')).toMatchObject({ status: 401 })
})
