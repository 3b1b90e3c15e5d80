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

const ask = async () => post(okta, TOKEN, await clientCredentials(okta, okta.client('service')))
const list = async () => {
  token = await serviceToken(okta)
  return callApi(okta, '/api/v1/users', token)
}

describe('a fault', () => {
  it('hits as often as it was to, then all is well', async () => {
    okta.fault({ endpoint: TOKEN, status: 503, retryAfterSeconds: 7, times: 2 })
    for (const _ of [1, 2]) {
      const answer = await ask()
      expect(answer).toMatchObject({ status: 503, body: { errorCode: 'E0000010' } })
      expect(answer.headers.get('retry-after')).toBe('7')
    }
    expect(await ask()).toMatchObject({ status: 200 })
    expect(okta.requests.map(({ fault }) => fault !== undefined)).toEqual([true, true, false])
  })

  it('can let some pass first, and be taken back', async () => {
    const fault = okta.fault({ endpoint: TOKEN, skip: 1, status: 500 })
    expect((await ask()).status).toBe(200)
    expect(await ask()).toMatchObject({ status: 500, body: { errorSummary: 'Internal Server Error' } })
    fault.remove()
    expect((await ask()).status).toBe(200)
    {
      using _ = okta.fault({ status: 418, body: 'short and stout', contentType: 'text/plain' })
      expect(await ask()).toMatchObject({ status: 418, text: 'short and stout' })
    }
    expect((await ask()).status).toBe(200)
  })

  it('hits the endpoint and method it names, and no other', async () => {
    okta.fault({ endpoint: '/api/v1/users/{id}', method: 'get', status: 403 })
    expect((await list()).status).toBe(200)
    expect(await callApi(okta, '/api/v1/users/me', token)).toMatchObject({ status: 403 })
    okta.fault({ endpoint: '/api/*', status: 401 })
    expect(await callApi(okta, '/api/v1/users', token)).toMatchObject({ status: 401 })
    expect((await ask()).status).toBe(200)
  })

  it('can delay', async () => {
    okta.fault({ endpoint: TOKEN, delayMs: 300, times: 1 })
    const before = performance.now()
    expect((await ask()).status).toBe(200)
    expect(performance.now() - before).toBeGreaterThan(290)
  })

  it('can drop the connection before the org knows, and after it did its work', async () => {
    const client = okta.client('spa')
    const { body } = await userTokens(okta, client, { scope: 'openid offline_access' })
    okta.fault({ endpoint: TOKEN, drop: true, times: 1 })
    await expect(refresh(okta, client, body.refresh_token)).rejects.toThrow('fetch failed')
    const renewed = await refresh(okta, client, body.refresh_token)
    expect(renewed.status).toBe(200)

    okta.fault({ endpoint: TOKEN, drop: true, afterwards: true, times: 1 })
    await expect(refresh(okta, client, renewed.body.refresh_token)).rejects.toThrow('fetch failed')
    // The token was rotated, and its successor is lost.
    expect(await refresh(okta, client, renewed.body.refresh_token)).toMatchObject({ status: 400 })
  })

  it('can cut an answer in half', async () => {
    okta.fault({ endpoint: TOKEN, truncate: true, times: 1 })
    await expect(ask()).rejects.toThrow('terminated')
  })

  it('can answer with a page, with the wrong type, and without end', async () => {
    okta.fault({ endpoint: TOKEN, html: true, times: 1 })
    const page = await ask()
    expect({ status: page.status, type: page.headers.get('content-type') }).toEqual({
      status: 200,
      type: 'text/html; charset=utf-8',
    })
    okta.fault({ endpoint: TOKEN, contentType: 'text/plain', times: 1 })
    const plain = await ask()
    expect(plain.headers.get('content-type')).toBe('text/plain')
    expect(JSON.parse(plain.text)).toHaveProperty('access_token')
    okta.fault({ endpoint: TOKEN, huge: 3_000_000, times: 1 })
    expect((await ask()).text.length).toBeGreaterThan(3_000_000)
  })
})

describe('the clock', () => {
  it('moves the Date header and every check of time', async () => {
    okta.setClock({ offsetMs: -120_000 })
    const before = Date.now()
    const early = await ask()
    expect(early).toMatchObject({
      status: 401,
      body: { error_description: 'The client_assertion token was issued in the future.' },
    })
    const date = Date.parse(early.headers.get('date') ?? '') + 120_000
    // The header has whole seconds.
    expect(date).toBeGreaterThan(before - 1000)
    expect(date).toBeLessThanOrEqual(Date.now())
    okta.setClock({ offsetMs: 600_000 })
    expect((await ask()).body.error_description).toBe('The client_assertion token is expired.')
    okta.setClock()
    expect((await ask()).status).toBe(200)
  })

  it('can be moved on, so that tokens expire and codes with them', async () => {
    const native = okta.client('native')
    const { body } = await userTokens(okta, native, { scope: 'openid offline_access okta.users.read' })
    okta.advanceClock(3599_000)
    expect(await callApi(okta, '/api/v1/users/me', body.access_token)).toMatchObject({ status: 200 })
    okta.advanceClock(2000)
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

describe('an org that is away', () => {
  it('refuses connections until it is back', async () => {
    const outage = await okta.unreachable()
    await expect(ask()).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } })
    await outage.remove()
    expect((await ask()).status).toBe(200)
    await okta.unreachable({ forMs: 2000 })
    await expect(ask()).rejects.toThrow()
    await expect.poll(async () => (await ask().catch(() => ({ status: 0 }))).status).toBe(200)
  })

  it('stays away when it was closed meanwhile', async () => {
    const org = await startOktaEmulator({ clients: [] })
    const outage = await org.unreachable()
    await org.close()
    await outage.remove()
    await expect(send(org.orgUrl)).rejects.toThrow()
  })
})

describe('rules that change while it runs', () => {
  it('count at once, keep the key, and are as before after a reset', async () => {
    const service = okta.client('service')
    await okta.update(service.clientId, { dpop: true, scopes: ['okta.logs.read'] })
    expect(await ask()).toMatchObject({ status: 400, body: { error: 'invalid_dpop_proof' } })
    await okta.update(service.clientId, { dpop: false })
    const { body } = await post(okta, TOKEN, await clientCredentials(okta, service, { scope: 'okta.logs.read' }))
    expect(body.scope).toBe('okta.logs.read')
    await okta.update(service.clientId, { active: false })
    expect(await ask()).toMatchObject({ status: 401, body: { errorCode: 'invalid_client' } })
    await okta.reset()
    expect((await ask()).status).toBe(200)
    expect(okta.client('service')).toEqual(service)
    await expect(okta.update('0oaNobody00000000000', {})).rejects.toThrow('0oaNobody00000000000')
  })

  it('can take the admin role away', async () => {
    await okta.update(okta.client('service').clientId, { adminRole: false })
    expect(await list()).toMatchObject({ status: 403, body: { errorCode: 'E0000006' } })
  })

  it('forget tokens and sessions with a reset', async () => {
    expect((await list()).status).toBe(200)
    await okta.reset()
    expect(okta.requests).toEqual([])
    expect(await callApi(okta, '/api/v1/users', token)).toMatchObject({ status: 401 })
  })
})
