import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import {
  callApi,
  clientCredentials,
  post,
  refresh,
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

describe('a fault', () => {
  it('applies to the given number of requests', async () => {
    okta.fault({ endpoint: TOKEN, status: 503, retryAfterSeconds: 7, times: 2 })
    for (const _ of [1, 2]) {
      const response = await sendRequest()
      expect(response).toMatchObject({ status: 503, body: { errorCode: 'E0000010' } })
      expect(response.headers.get('retry-after')).toBe('7')
    }
    expect(await sendRequest()).toMatchObject({ status: 200 })
    expect(okta.requests.map(({ fault }) => fault !== undefined)).toEqual([true, true, false])
    expect(okta.requests.map(({ status }) => status)).toEqual([503, 503, 200])
    expect(okta.requests[0]?.error).toBe('E0000010')
  })

  it.each([
    [TOKEN, 400, { error: 'invalid_request' }],
    [TOKEN, 401, { error: 'invalid_client' }],
    ['/api/v1/users', 404, { errorCode: 'E0000007' }],
  ])('at %s has the error for the status %i', async (endpoint, status, body) => {
    await list()
    okta.fault({ endpoint, status })
    const response = endpoint === TOKEN ? await sendRequest() : await callApi(okta, endpoint, token)
    expect(response).toMatchObject({ status, body })
  })

  it('skips the given number of requests, and can be removed', async () => {
    const fault = okta.fault({ endpoint: TOKEN, skip: 1, status: 500 })
    expect((await sendRequest()).status).toBe(200)
    expect(await sendRequest()).toMatchObject({ status: 500, body: { errorSummary: 'Internal Server Error' } })
    fault.remove()
    expect((await sendRequest()).status).toBe(200)
    {
      using _ = okta.fault({ status: 418, body: 'short and stout', contentType: 'text/plain' })
      expect(await sendRequest()).toMatchObject({ status: 418, text: 'short and stout' })
    }
    expect((await sendRequest()).status).toBe(200)
  })

  it('applies only to its endpoint and method', async () => {
    okta.fault({ endpoint: '/api/v1/users/{id}', method: 'get', status: 403 })
    expect((await list()).status).toBe(200)
    expect(await callApi(okta, '/api/v1/users/me', token)).toMatchObject({ status: 403 })
    okta.fault({ endpoint: '/api/*', status: 401 })
    expect(await callApi(okta, '/api/v1/users', token)).toMatchObject({ status: 401 })
    expect((await sendRequest()).status).toBe(200)
  })

  it('delays the response', async () => {
    okta.fault({ endpoint: TOKEN, delayMs: 300, times: 1 })
    const before = performance.now()
    expect((await sendRequest()).status).toBe(200)
    expect(performance.now() - before).toBeGreaterThan(290)
  })

  it('closes the connection before or after the request is processed', async () => {
    const client = okta.client('spa')
    const { body } = await userTokens(okta, client, { scope: 'openid offline_access' })
    okta.fault({ endpoint: TOKEN, drop: true, times: 1 })
    await expect(refresh(okta, client, body.refresh_token)).rejects.toThrow('fetch failed')
    const renewed = await refresh(okta, client, body.refresh_token)
    expect(renewed.status).toBe(200)

    okta.fault({ endpoint: TOKEN, drop: true, afterwards: true, times: 1 })
    await expect(refresh(okta, client, renewed.body.refresh_token)).rejects.toThrow('fetch failed')
    // The token was rotated, and the response with the new one was lost.
    expect(await refresh(okta, client, renewed.body.refresh_token)).toMatchObject({ status: 400 })
  })

  it('truncates the response', async () => {
    okta.fault({ endpoint: TOKEN, truncate: true, times: 1 })
    await expect(sendRequest()).rejects.toThrow('terminated')
  })

  it('responds with HTML without headers of Okta, with the wrong content type, and with a huge body', async () => {
    okta.fault({ endpoint: TOKEN, html: true, times: 1 })
    const page = await sendRequest()
    expect({ status: page.status, type: page.headers.get('content-type') }).toEqual({
      status: 200,
      type: 'text/html; charset=utf-8',
    })
    expect([...page.headers.keys()].filter(name => name.startsWith('x-'))).toEqual([])
    okta.fault({ endpoint: TOKEN, contentType: 'text/plain', times: 1 })
    const plain = await sendRequest()
    expect(plain.headers.get('content-type')).toBe('text/plain')
    expect(JSON.parse(plain.text)).toHaveProperty('access_token')
    okta.fault({ endpoint: TOKEN, huge: 3_000_000, times: 1 })
    expect((await sendRequest()).text.length).toBeGreaterThan(3_000_000)
  })
})

describe('the header okta-emulator-fault', () => {
  const withHeader = async (fault: string) =>
    post(okta, TOKEN, await clientCredentials(okta, okta.client('service')), { 'okta-emulator-fault': fault })

  it('applies to its request only', async () => {
    const { status, headers, body } = await withHeader('status=503, retryAfterSeconds=7')
    expect([status, headers.get('retry-after'), body.errorCode]).toEqual([503, '7', 'E0000010'])
    expect((await sendRequest()).status).toBe(200)
    expect(okta.requests.map(({ fault }) => fault !== undefined)).toEqual([true, false])
  })

  it('has priority over other faults, which stay', async () => {
    okta.fault({ endpoint: TOKEN, status: 500, times: 1 })
    expect((await withHeader('status=429')).status).toBe(429)
    expect((await sendRequest()).status).toBe(500)
  })

  it.each([
    ['statsu=503', 'statsu'],
    ['status=99', 'status'],
    ['nonsense', 'nonsense'],
  ])('is rejected when it is %s', async (fault, name) => {
    const { status, body } = await withHeader(fault)
    expect([status, body.error_description]).toEqual([400, expect.stringContaining(name)])
  })
})
