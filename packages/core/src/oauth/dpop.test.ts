import { decodeJwt, decodeProtectedHeader } from 'jose'
import { afterEach, describe, expect, it } from 'vitest'
import {
  connectErrorFrom,
  jsonResponse,
  stopFakeServers,
  tokenResponse,
} from '../../test/support/fake-server.test.support.js'
import { useServiceOrg } from '../../test/support/service-org.test.support.js'
import type { DpopMode } from '../config/connect-options.js'
import { connect, resume } from '../index.js'
import type { TokenStore } from '../stores/token-store.js'

const org = useServiceOrg()

const app = ({ requiresDpop = true } = {}, dpop?: DpopMode) => {
  const options = org.app(requiresDpop ? 1 : 0)
  return dpop === undefined ? options : { ...options, dpop }
}
const tokenResponses = () => {
  const responses = org.okta.requests.map(({ status, error, hasDpopProof }) => [status, error, hasDpopProof])
  org.okta.clearRequests()
  return responses
}

describe('an app that requires DPoP', () => {
  it('takes three token requests the first time, one later, and two after the nonce changes', async () => {
    const session = await connect(app(), org.deps)
    expect(tokenResponses()).toEqual([
      [400, 'invalid_dpop_proof', false],
      [400, 'use_dpop_nonce', true],
      [200, undefined, true],
    ])
    await session.token({ forceRefresh: true })
    expect(tokenResponses()).toEqual([[200, undefined, true]])

    org.okta.rotateDpopNonce({ keepPrevious: false })
    await session.token({ forceRefresh: true })
    expect(tokenResponses()).toEqual([
      [400, 'use_dpop_nonce', true],
      [200, undefined, true],
    ])
  })

  it('takes one token request after disconnect, because the requirement is stored', async () => {
    await (await connect(app(), org.deps)).disconnect()
    org.okta.clearRequests()
    await connect(app(), org.deps)
    expect(tokenResponses()).toEqual([[200, undefined, true]])
  })

  it('takes two token requests the first time when dpop is always', async () => {
    await connect(app({}, 'always'), org.deps)
    expect(tokenResponses()).toEqual([
      [400, 'use_dpop_nonce', true],
      [200, undefined, true],
    ])
  })

  it('is recognized by the DPoP key of the stored token when the client record is missing', async () => {
    await connect(app(), org.deps)
    const storeWithoutClientRecords: TokenStore = {
      ...org.deps.store,
      read: async recordKey => (recordKey.startsWith('client-') ? undefined : await org.deps.store.read(recordKey)),
    }
    org.okta.clearRequests()
    await (await connect(app(), { store: storeWithoutClientRecords })).token({ forceRefresh: true })
    expect(tokenResponses()).toEqual([
      [400, 'use_dpop_nonce', true],
      [200, undefined, true],
    ])
  })

  it('is rejected when dpop is never', async () => {
    await expect(connect(app({}, 'never'), org.deps)).rejects.toMatchObject({
      code: 'dpop_rejected',
      oauth: { error: 'invalid_dpop_proof', description: 'The DPoP proof JWT header is missing.' },
    })
  })

  it('issues a token that is valid only with a proof for each request', async () => {
    const session = await connect(app(), org.deps)
    const token = await session.token()
    expect(token.type).toBe('DPoP')
    for (const _round of [1, 2]) expect((await session.fetch('/api/v1/users?limit=2')).status).toBe(200)
    const url = new URL('/api/v1/users', org.okta.orgUrl)
    const withoutProof = await fetch(url, { headers: { authorization: `Bearer ${token.value}` } })
    expect(withoutProof.status).toBe(401)
  })

  it('has authorization headers that any HTTP client can send once', async () => {
    const session = await connect(app(), org.deps)
    const headers = await session.authorization('get', '/api/v1/users?limit=2')
    expect(headers.authorization).toMatch(/^DPoP \S+$/)
    expect(decodeJwt(headers.dpop ?? '')).toMatchObject({ htm: 'GET', htu: `${org.okta.orgUrl.origin}/api/v1/users` })
    expect(Object.keys(decodeProtectedHeader(headers.dpop ?? '').jwk ?? {}).sort()).toEqual(['crv', 'kty', 'x', 'y'])
    const url = new URL('/api/v1/users?limit=2', org.okta.orgUrl)
    expect((await fetch(url, { headers })).status).toBe(200)
    const replayed = await fetch(url, { headers })
    expect(replayed.status).toBe(401)
  })

  it('can be resumed with the stored DPoP key', async () => {
    await connect(app(), org.deps)
    const session = await resume({}, org.deps)
    expect((await session.fetch('/api/v1/users')).status).toBe(200)
  })

  it('has a DPoP key that is not the client key', async () => {
    const session = await connect(app(), org.deps)
    const { dpop = '' } = await session.authorization('GET', '/api/v1/users')
    expect(decodeProtectedHeader(dpop).jwk?.x).not.toBe(org.okta.client('service', { dpop: true }).jwk?.x)
  })
})

describe('an app without DPoP', () => {
  it('takes one token request without a proof', async () => {
    const session = await connect(app({ requiresDpop: false }), org.deps)
    expect(tokenResponses()).toEqual([[200, undefined, false]])
    expect(await session.authorization('GET', '/')).toEqual({ authorization: expect.stringMatching(/^Bearer /) })
  })

  it('is rejected when dpop is always, and nothing is stored', async () => {
    const attempt = connect(app({ requiresDpop: false }, 'always'), org.deps)
    await expect(attempt).rejects.toMatchObject({
      code: 'dpop_rejected',
      hint: expect.stringContaining('Turn on DPoP'),
    })
    await expect(resume({}, org.deps)).rejects.toMatchObject({ code: 'login_required' })
  })
})

describe('a stored token of the wrong type', () => {
  it('is not used when it is not bound and dpop is always', async () => {
    await connect(app({ requiresDpop: false }), org.deps)
    await expect(connect(app({ requiresDpop: false }, 'always'), org.deps)).rejects.toMatchObject({
      code: 'dpop_rejected',
    })
    await expect(resume({ dpop: 'always' }, org.deps)).rejects.toMatchObject({
      code: 'login_required',
    })
    expect((await resume({}, org.deps)).clientId).toBe(app({ requiresDpop: false }).clientId)
  })

  it('is not used when it is bound and dpop is never, nor is the stored requirement of the app', async () => {
    await connect(app(), org.deps)
    org.okta.clearRequests()
    await expect(connect(app({}, 'never'), org.deps)).rejects.toMatchObject({ code: 'dpop_rejected' })
    expect(tokenResponses()).toEqual([[400, 'invalid_dpop_proof', false]])
    await expect(resume({ dpop: 'never' }, org.deps)).rejects.toMatchObject({ code: 'login_required' })
  })
})

describe('connect', () => {
  afterEach(stopFakeServers)

  // The server returns the same error and the same nonce each time.
  async function connectWithServerError(error: string, dpop: DpopMode): Promise<{ code: string; proofs: boolean[] }> {
    const proofs: boolean[] = []
    const rejectRequest = jsonResponse(400, { error }, { 'dpop-nonce': 'same-nonce' })
    const { code } = await connectErrorFrom(
      (request, response) => {
        proofs.push(request.headers.dpop !== undefined)
        rejectRequest(request, response)
      },
      { dpop },
    )
    return { code, proofs }
  }

  it('fails when the server demands the nonce that the proof contains', async () => {
    expect(await connectWithServerError('use_dpop_nonce', 'always')).toEqual({
      code: 'dpop_rejected',
      proofs: [true, true],
    })
  })

  it('fails when the server demands a nonce for a request without a proof', async () => {
    expect(await connectWithServerError('use_dpop_nonce', 'auto')).toEqual({ code: 'dpop_rejected', proofs: [false] })
  })

  it('tries once without and once with a proof when the server rejects every proof', async () => {
    expect(await connectWithServerError('invalid_dpop_proof', 'auto')).toEqual({
      code: 'dpop_rejected',
      proofs: [false, true],
    })
  })

  it.each<DpopMode>(['auto', 'never'])(
    'rejects a DPoP token for a request without a proof when dpop is %s',
    async dpop => {
      const { code, hint } = await connectErrorFrom(jsonResponse(200, { ...tokenResponse, token_type: 'DPoP' }), {
        dpop,
      })
      expect({ code, hint }).toEqual({ code: 'dpop_rejected', hint: expect.stringContaining('turn off DPoP') })
    },
  )
})
