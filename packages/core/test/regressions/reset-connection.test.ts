import { decodeJwt } from 'jose'
import { describe, expect, it } from 'vitest'
import { connect } from '../../src/index.js'
import { recordRequests } from '../support/record-requests.test.support.js'
import { startServiceOrg } from '../support/service-org.test.support.js'

describe('a connection that the server closes', () => {
  it.each([false, true])('is replaced for a token request, with a new assertion (DPoP: %s)', async dpop => {
    await using org = await startServiceOrg({ dpop })
    const { requests, fetch } = recordRequests()
    using _fault = org.okta.fault({ endpoint: '/oauth2/v1/token', drop: true, times: 1 })
    await connect(org.options, { ...org.deps, fetch })
    const assertions = requests.map(({ body }) => decodeJwt(body.get('client_assertion') ?? '').jti)
    expect(assertions.length).toBeGreaterThan(1)
    expect(new Set(assertions).size).toBe(assertions.length)
  })

  it('is replaced once for an idempotent request, and not for any other', async () => {
    await using org = await startServiceOrg({ dpop: true })
    const session = await connect(org.options, org.deps)
    const drop = { endpoint: '/api/v1/users', drop: true }
    {
      using _fault = org.okta.fault({ ...drop, times: 1 })
      expect((await session.fetch('/api/v1/users')).status).toBe(200)
    }
    for (const method of ['PUT', 'DELETE']) {
      using _fault = org.okta.fault({ ...drop, times: 1 })
      expect((await session.fetch('/api/v1/users', { method, body: '{}' })).status).toBeGreaterThan(399)
    }
    {
      using _fault = org.okta.fault({ ...drop, times: 1 })
      await expect(session.fetch('/api/v1/users', { method: 'POST', body: '{}' })).rejects.toThrow('fetch failed')
    }
    {
      using _fault = org.okta.fault(drop)
      await expect(session.fetch('/api/v1/users')).rejects.toThrow('fetch failed')
    }
  })

  it('is replaced for the revocation of a token', async () => {
    await using org = await startServiceOrg()
    const session = await connect(org.options, org.deps)
    using _fault = org.okta.fault({ endpoint: '/oauth2/v1/revoke', drop: true, times: 1 })
    await session.disconnect()
    expect(org.okta.requests.filter(({ path }) => path === '/oauth2/v1/revoke')).toHaveLength(2)
  })
})
