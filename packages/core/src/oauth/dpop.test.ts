import { decodeJwt, decodeProtectedHeader } from 'jose'
import { afterEach, describe, expect, it } from 'vitest'
import { failureFrom, json, stopServers, token } from '../../test/support/hostile-server.test.support.js'
import { inServiceOrg, type ServiceSetting } from '../../test/support/service-app.test.support.js'
import type { DpopMode } from '../config/connect-options.js'
import { connect, resume } from '../index.js'
import type { TokenStore } from '../stores/token-store.js'

let { okta, serviceApp } = {} as ServiceSetting
let store: TokenStore
inServiceOrg([], setting => {
  ;({ okta, serviceApp } = setting)
  store = setting.deps.store
})

const app = ({ demandsDpop = true } = {}, dpop?: DpopMode) => {
  const options = serviceApp(demandsDpop ? 1 : 0)
  return dpop === undefined ? options : { ...options, dpop }
}
const answers = () => {
  const found = okta.requests.map(({ status, error, hasDpopProof }) => [status, error, hasDpopProof])
  okta.clearRequests()
  return found
}

describe('an app that demands DPoP', () => {
  it('costs three requests the first time ever, then one; two when the nonce has changed', async () => {
    const session = await connect(app(), { store })
    expect(answers()).toEqual([
      [400, 'invalid_dpop_proof', false],
      [400, 'use_dpop_nonce', true],
      [200, undefined, true],
    ])
    await session.token({ forceRefresh: true })
    expect(answers()).toEqual([[200, undefined, true]])

    okta.rotateDpopNonce({ keepPrevious: false })
    await session.token({ forceRefresh: true })
    expect(answers()).toEqual([
      [400, 'use_dpop_nonce', true],
      [200, undefined, true],
    ])
  })

  it('is remembered beyond a logout', async () => {
    await (await connect(app(), { store })).disconnect()
    okta.clearRequests()
    await connect(app(), { store })
    expect(answers()).toEqual([[200, undefined, true]])
  })

  it('costs no refused request where always is said, but for the nonce', async () => {
    await connect(app({}, 'always'), { store })
    expect(answers()).toEqual([
      [400, 'use_dpop_nonce', true],
      [200, undefined, true],
    ])
  })

  it('is known from the key of the stored token, where all else is forgotten', async () => {
    await connect(app(), { store })
    const forgetful: TokenStore = {
      ...store,
      read: async recordKey => (recordKey.startsWith('client-') ? undefined : await store.read(recordKey)),
    }
    okta.clearRequests()
    await (await connect(app(), { store: forgetful })).token({ forceRefresh: true })
    expect(answers()).toEqual([
      [400, 'use_dpop_nonce', true],
      [200, undefined, true],
    ])
  })

  it('is refused where never is said', async () => {
    await expect(connect(app({}, 'never'), { store })).rejects.toMatchObject({
      code: 'dpop_rejected',
      oauth: { error: 'invalid_dpop_proof', description: 'The DPoP proof JWT header is missing.' },
    })
  })

  it('gives a token that works with a proof for each request, and not without', async () => {
    const session = await connect(app(), { store })
    const token = await session.token()
    expect(token.type).toBe('DPoP')
    for (const _again of [1, 2]) expect((await session.fetch('/api/v1/users?limit=2')).status).toBe(200)
    const url = new URL('/api/v1/users', okta.orgUrl)
    const bare = await fetch(url, { headers: { authorization: `Bearer ${token.value}` } })
    expect(bare.status).toBe(401)
  })

  it('hands out headers for one request, which any HTTP client can send', async () => {
    const session = await connect(app(), { store })
    const headers = await session.authorization('get', '/api/v1/users?limit=2')
    expect(headers.authorization).toMatch(/^DPoP \S+$/)
    expect(decodeJwt(headers.dpop ?? '')).toMatchObject({ htm: 'GET', htu: `${okta.orgUrl.origin}/api/v1/users` })
    expect(Object.keys(decodeProtectedHeader(headers.dpop ?? '').jwk ?? {}).sort()).toEqual(['crv', 'kty', 'x', 'y'])
    const url = new URL('/api/v1/users?limit=2', okta.orgUrl)
    expect((await fetch(url, { headers })).status).toBe(200)
    const replayed = await fetch(url, { headers })
    expect(replayed.status).toBe(401)
  })

  it('goes on in another process with the key that the token is bound to', async () => {
    await connect(app(), { store })
    const session = await resume({}, { store })
    expect((await session.fetch('/api/v1/users')).status).toBe(200)
  })

  it('never binds to the client key', async () => {
    const session = await connect(app(), { store })
    const { dpop = '' } = await session.authorization('GET', '/api/v1/users')
    expect(decodeProtectedHeader(dpop).jwk?.x).not.toBe(okta.client('service', { dpop: true }).jwk?.x)
  })
})

describe('an app without DPoP', () => {
  it('costs one request, without a proof', async () => {
    const session = await connect(app({ demandsDpop: false }), { store })
    expect(answers()).toEqual([[200, undefined, false]])
    expect(await session.authorization('GET', '/')).toEqual({ authorization: expect.stringMatching(/^Bearer /) })
  })

  it('is refused where always is said, and nothing is stored', async () => {
    const attempt = connect(app({ demandsDpop: false }, 'always'), { store })
    await expect(attempt).rejects.toMatchObject({
      code: 'dpop_rejected',
      hint: expect.stringContaining('Turn on DPoP'),
    })
    await expect(resume({}, { store })).rejects.toMatchObject({ code: 'login_required' })
  })
})

describe('a stored token of the wrong kind', () => {
  it('is a miss', async () => {
    await connect(app({ demandsDpop: false }), { store })
    await expect(connect(app({ demandsDpop: false }, 'always'), { store })).rejects.toMatchObject({
      code: 'dpop_rejected',
    })
    await expect(resume({ dpop: 'always' }, { store })).rejects.toMatchObject({ code: 'login_required' })
    expect((await resume({}, { store })).clientId).toBe(app({ demandsDpop: false }).clientId)
  })

  it('is a miss too where no bound one is wanted, and so is what is remembered of the app', async () => {
    await connect(app(), { store })
    okta.clearRequests()
    await expect(connect(app({}, 'never'), { store })).rejects.toMatchObject({ code: 'dpop_rejected' })
    expect(answers()).toEqual([[400, 'invalid_dpop_proof', false]])
    await expect(resume({ dpop: 'never' }, { store })).rejects.toMatchObject({ code: 'login_required' })
  })
})

describe('a server that', () => {
  afterEach(stopServers)

  // Says the same each time, with the same nonce.
  async function refusals(error: string, dpop: DpopMode): Promise<{ code: string; proofs: boolean[] }> {
    const proofs: boolean[] = []
    const refuse = json(400, { error }, { 'dpop-nonce': 'the same' })
    const { code } = await failureFrom(
      (request, response) => {
        proofs.push(request.headers.dpop !== undefined)
        refuse(request, response)
      },
      { dpop },
    )
    return { code, proofs }
  }

  it('wants the nonce that it has been sent is not asked a third time', async () => {
    expect(await refusals('use_dpop_nonce', 'always')).toEqual({ code: 'dpop_rejected', proofs: [true, true] })
  })

  it('wants a nonce where no proof was sent is not asked again', async () => {
    expect(await refusals('use_dpop_nonce', 'auto')).toEqual({ code: 'dpop_rejected', proofs: [false] })
  })

  it('refuses each proof is asked once without and once with one', async () => {
    expect(await refusals('invalid_dpop_proof', 'auto')).toEqual({ code: 'dpop_rejected', proofs: [false, true] })
  })

  it.each<DpopMode>(['auto', 'never'])(
    'binds a token to a key that it was never shown is refused with %s',
    async dpop => {
      const { code, hint } = await failureFrom(json(200, { ...token, token_type: 'DPoP' }), { dpop })
      expect({ code, hint }).toEqual({ code: 'dpop_rejected', hint: expect.stringContaining('turn off DPoP') })
    },
  )
})
