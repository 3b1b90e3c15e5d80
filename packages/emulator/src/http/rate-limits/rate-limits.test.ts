import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import {
  authorizeUrl,
  callApi,
  clientCredentials,
  post,
  proofKey,
  send,
  serviceToken,
} from '../../../test/support/relying-party.test.support.js'
import { type OktaEmulator, startOktaEmulator } from '../../start-okta-emulator.js'

let okta: OktaEmulator
let token: string
beforeAll(async () => {
  okta = await startOktaEmulator()
})
afterEach(() => okta.reset())
afterAll(() => okta.close())

const tooMany = {
  status: 429,
  body: { errorCode: 'E0000047', errorSummary: 'API call exceeded rate limit due to too many requests.' },
}
const list = () => callApi(okta, '/api/v1/users', token)
const limitHeaders = ({ headers }: { headers: Headers }) =>
  ['limit', 'remaining', 'reset'].map(name => headers.get(`x-rate-limit-${name}`))

describe('rate limits', () => {
  it('are sent in headers and not enforced by default', async () => {
    token = await serviceToken(okta)
    const [limit, remaining, reset] = limitHeaders(await list())
    expect([limit, remaining]).toEqual(['600', '599'])
    const wait = Number(reset) - Date.now() / 1000
    expect(wait).toBeGreaterThan(50)
    expect(wait).toBeLessThanOrEqual(60)
  })

  it('reject requests above the limit of a bucket until the window ends', async () => {
    token = await serviceToken(okta)
    okta.limitRate({ buckets: { '/api/v1/users': { limit: 2, windowSeconds: 30 } } })
    expect(limitHeaders(await list()).slice(0, 2)).toEqual(['2', '1'])
    expect(limitHeaders(await list()).slice(0, 2)).toEqual(['2', '0'])
    const rejected = await list()
    expect(rejected).toMatchObject(tooMany)
    expect(limitHeaders(rejected).slice(0, 2)).toEqual(['2', '0'])
    expect(
      Number(limitHeaders(rejected)[2]) - Date.parse(rejected.headers.get('date') ?? '') / 1000,
    ).toBeLessThanOrEqual(30)
    expect(await callApi(okta, '/api/v1/users/me', token)).toMatchObject({ status: 404 })
    okta.advanceClock(30_000)
    expect((await list()).status).toBe(200)
  })

  it('send each header twice with doubledHeaders', async () => {
    token = await serviceToken(okta)
    okta.limitRate({ doubledHeaders: true, buckets: { '/api/*': { limit: 60 } } })
    expect(limitHeaders(await list()).slice(0, 2)).toEqual(['60, 60', '59, 59'])
  })

  it('reject requests above the concurrency limit, with 0 for limit and remaining', async () => {
    token = await serviceToken(okta)
    okta.limitRate({ buckets: { '/api/*': { concurrency: 1 } } })
    okta.fault({ endpoint: '/api/*', delayMs: 1000, times: 1 })
    const [slow, rejected] = (await Promise.all([list(), list()])).sort((one, other) => one.status - other.status)
    expect(slow).toMatchObject({ status: 200 })
    expect(rejected).toMatchObject(tooMany)
    expect(rejected && limitHeaders(rejected).slice(0, 2)).toEqual(['0', '0'])
    expect((await list()).status).toBe(200)
  })

  it('use the error format of the API at the token endpoint, with a nonce when the request has a proof', async () => {
    okta.limitRate({ buckets: { '/oauth2/v1/token': { limit: 0 } } })
    const form = await clientCredentials(okta, okta.client('service'))
    const dpop = await (await proofKey()).proof('POST', new URL('/oauth2/v1/token', okta.orgUrl))
    const rejected = await post(okta, '/oauth2/v1/token', form, { dpop })
    expect(rejected).toMatchObject(tooMany)
    expect(rejected.headers.get('dpop-nonce')).toEqual(expect.any(String))
  })

  it('count each client separately with perClient, as at /authorize', async () => {
    okta.limitRate({ buckets: { '/oauth2/v1/authorize': { limit: 1, perClient: true } } })
    const open = (kind: 'spa' | 'native') => send(authorizeUrl(okta, okta.client(kind)))
    expect((await open('spa')).status).toBe(302)
    expect(await open('spa')).toMatchObject(tooMany)
    expect((await open('native')).status).toBe(302)
  })
})
