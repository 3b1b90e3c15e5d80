import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import {
  authorizeUrl,
  callApi,
  clientCredentials,
  post,
  proofKey,
  send,
  serviceToken,
} from '../../test/support/relying-party.test.support.js'
import { type OktaEmulator, startOktaEmulator } from '../start-okta-emulator.js'

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
const told = ({ headers }: { headers: Headers }) =>
  ['limit', 'remaining', 'reset'].map(name => headers.get(`x-rate-limit-${name}`))

describe('rate limits', () => {
  it('are told and not enforced unless they are set', async () => {
    token = await serviceToken(okta)
    const [limit, remaining, reset] = told(await list())
    expect([limit, remaining]).toEqual(['600', '599'])
    const wait = Number(reset) - Date.now() / 1000
    expect(wait).toBeGreaterThan(50)
    expect(wait).toBeLessThanOrEqual(60)
  })

  it('refuse what is above, by bucket, until the window ends', async () => {
    token = await serviceToken(okta)
    okta.limitRate({ buckets: { '/api/v1/users': { limit: 2, windowSeconds: 30 } } })
    expect(told(await list()).slice(0, 2)).toEqual(['2', '1'])
    expect(told(await list()).slice(0, 2)).toEqual(['2', '0'])
    const refused = await list()
    expect(refused).toMatchObject(tooMany)
    expect(told(refused).slice(0, 2)).toEqual(['2', '0'])
    expect(Number(told(refused)[2]) - Date.parse(refused.headers.get('date') ?? '') / 1000).toBeLessThanOrEqual(30)
    expect(await callApi(okta, '/api/v1/users/me', token)).toMatchObject({ status: 404 })
    okta.advanceClock(30_000)
    expect((await list()).status).toBe(200)
  })

  it('may come with doubled headers', async () => {
    token = await serviceToken(okta)
    okta.limitRate({ doubledHeaders: true, buckets: { '/api/*': { limit: 60 } } })
    expect(told(await list()).slice(0, 2)).toEqual(['60, 60', '59, 59'])
  })

  it('count what runs at the same time too, and say so with zeros', async () => {
    token = await serviceToken(okta)
    okta.limitRate({ buckets: { '/api/*': { concurrency: 1 } } })
    okta.fault({ endpoint: '/api/*', delayMs: 1000, times: 1 })
    const [slow, refused] = (await Promise.all([list(), list()])).sort((one, other) => one.status - other.status)
    expect(slow).toMatchObject({ status: 200 })
    expect(refused).toMatchObject(tooMany)
    expect(refused && told(refused).slice(0, 2)).toEqual(['0', '0'])
    expect((await list()).status).toBe(200)
  })

  it('refuse at the token endpoint in the form of the API, with a nonce for who sends proofs', async () => {
    okta.limitRate({ buckets: { '/oauth2/v1/token': { limit: 0 } } })
    const form = await clientCredentials(okta, okta.client('service'))
    const dpop = await (await proofKey()).proof('POST', new URL('/oauth2/v1/token', okta.orgUrl))
    const refused = await post(okta, '/oauth2/v1/token', form, { dpop })
    expect(refused).toMatchObject(tooMany)
    expect(refused.headers.get('dpop-nonce')).toEqual(expect.any(String))
  })

  it('can be each client’s own, as at /authorize', async () => {
    okta.limitRate({ buckets: { '/oauth2/v1/authorize': { limit: 1, perClient: true } } })
    const open = (kind: 'spa' | 'native') => send(authorizeUrl(okta, okta.client(kind)))
    expect((await open('spa')).status).toBe(302)
    expect(await open('spa')).toMatchObject(tooMany)
    expect((await open('native')).status).toBe(302)
  })
})
