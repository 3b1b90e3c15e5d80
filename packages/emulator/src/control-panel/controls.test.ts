import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import {
  callApi,
  clientCredentials,
  post,
  refresh,
  send,
  serviceToken,
  userTokens,
} from '../../test/support/relying-party.test.support.js'
import { type OktaEmulator, startOktaEmulator } from '../start-okta-emulator.js'

const TOKEN = '/oauth2/v1/token'

let okta: OktaEmulator
let token: string
beforeAll(async () => {
  okta = await startOktaEmulator({ refreshGraceSeconds: 0 })
})
afterEach(() => okta.reset())
afterAll(() => okta.close())

const sendRequest = async () => post(okta, TOKEN, await clientCredentials(okta, okta.client('service')))
const list = async () => {
  token = await serviceToken(okta)
  return callApi(okta, '/api/v1/users', token)
}

describe('the clock', () => {
  it('changes the Date header and the validation of times', async () => {
    okta.setClock({ offsetMs: -120_000 })
    const before = Date.now()
    const early = await sendRequest()
    expect(early).toMatchObject({
      status: 401,
      body: { error_description: 'The client_assertion token must be issued before the current time.' },
    })
    const date = Date.parse(early.headers.get('date') ?? '') + 120_000
    // The header has whole seconds.
    expect(date).toBeGreaterThan(before - 1000)
    expect(date).toBeLessThanOrEqual(Date.now())
    okta.setClock({ offsetMs: 600_000 })
    expect((await sendRequest()).body.error_description).toBe('The client_assertion token is expired.')
    okta.setClock()
    expect((await sendRequest()).status).toBe(200)
  })

  it('advances, so that access tokens and refresh tokens expire', async () => {
    const native = okta.client('native')
    const { body } = await userTokens(okta, native, { scope: 'openid offline_access okta.users.read' })
    okta.advanceClock(3590_000)
    expect(await callApi(okta, '/api/v1/users/me', body.access_token)).toMatchObject({ status: 200 })
    okta.advanceClock(11_000)
    expect(await callApi(okta, '/api/v1/users/me', body.access_token)).toMatchObject({ status: 401 })
    expect(await refresh(okta, native, body.refresh_token)).toMatchObject({ status: 200 })
    okta.advanceClock(7 * 24 * 3600_000 + 1000)
    expect(await refresh(okta, native, body.refresh_token)).toMatchObject({ status: 400 })
    const again = await userTokens(okta, native, { scope: 'openid' })
    const { iat, exp } = JSON.parse(
      Buffer.from(String(again.body.id_token).split('.')[1] ?? '', 'base64url').toString(),
    )
    expect(exp - iat).toBe(3600)
    expect(iat).toBeGreaterThan(Date.now() / 1000 + 7 * 24 * 3600)
  })
})

describe('an outage', () => {
  it('rejects connections until it ends', async () => {
    const outage = await okta.unreachable()
    await expect(sendRequest()).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } })
    await outage.remove()
    expect((await sendRequest()).status).toBe(200)
    await okta.unreachable({ forMs: 2000 })
    await expect(sendRequest()).rejects.toThrow()
    await expect.poll(async () => (await sendRequest().catch(() => ({ status: 0 }))).status).toBe(200)
  })

  it('does not end after the emulator is closed', async () => {
    const org = await startOktaEmulator({ clients: [] })
    const outage = await org.unreachable()
    await org.close()
    await outage.remove()
    await expect(send(org.orgUrl)).rejects.toThrow()
  })
})

describe('a running emulator', () => {
  it('applies changes to an app immediately, keeps its key, and undoes them on reset', async () => {
    const service = okta.client('service')
    await okta.update(service.clientId, { dpop: true, scopes: ['okta.logs.read'] })
    expect(await sendRequest()).toMatchObject({ status: 400, body: { error: 'invalid_dpop_proof' } })
    await okta.update(service.clientId, { dpop: false })
    const { body } = await post(okta, TOKEN, await clientCredentials(okta, service, { scope: 'okta.logs.read' }))
    expect(body.scope).toBe('okta.logs.read')
    await okta.update(service.clientId, { active: false })
    expect(await sendRequest()).toMatchObject({ status: 401, body: { errorCode: 'invalid_client' } })
    await okta.reset()
    expect((await sendRequest()).status).toBe(200)
    expect(okta.client('service')).toEqual(service)
    await expect(okta.update('0oaUnknownApp0000000', {})).rejects.toThrow('0oaUnknownApp0000000')
  })

  it('can remove the admin role of an app', async () => {
    await okta.update(okta.client('service').clientId, { adminRole: false })
    expect(await list()).toMatchObject({ status: 403, body: { errorCode: 'E0000006' } })
  })

  it('deletes tokens and sessions on reset', async () => {
    expect((await list()).status).toBe(200)
    await okta.reset()
    expect(okta.requests).toEqual([])
    expect(await callApi(okta, '/api/v1/users', token)).toMatchObject({ status: 401 })
  })
})
