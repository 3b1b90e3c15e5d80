import { createPrivateKey } from 'node:crypto'
import { decodeJwt } from 'jose'
import { describe, expect, it } from 'vitest'
import { connect, resume } from '../../src/index.js'
import { generateClientKey } from '../../src/keys/generate-client-key.js'
import { recordRequests } from '../support/record-requests.test.support.js'
import { startServiceOrg } from '../support/service-org.test.support.js'

// Bugs of similar tools that no other test covers. Each comment names the issues.

describe('a DPoP proof', () => {
  // okta-sdk-nodejs#453
  it('contains the normalized URL without query and fragment', async () => {
    await using org = await startServiceOrg({ dpop: true })
    const session = await connect(org.options, org.deps)
    const { host, origin } = org.okta.orgUrl
    const { dpop = '' } = await session.authorization('get', `HTTP://${host}/api/../api/v1/users?limit=1#top`)
    expect(decodeJwt(dpop)).toMatchObject({ htu: `${origin}/api/v1/users`, htm: 'GET' })
  })

  // speakeasy-api/gram#6502
  it('contains the nonce of the last response, also when that was a 429', async () => {
    await using org = await startServiceOrg({ dpop: true })
    await connect(org.options, org.deps)
    const { requests, fetch } = recordRequests()
    const session = await resume({ jsonWebKey: org.options.jsonWebKey ?? {} }, { ...org.deps, fetch })
    const headers = { 'dpop-nonce': 'from-the-429', 'x-rate-limit-reset': '0' }
    org.okta.fault({ endpoint: '/oauth2/v1/token', status: 429, times: 1, headers })
    await session.token({ forceRefresh: true })
    expect(decodeJwt(requests[1]?.headers.get('dpop') ?? '').nonce).toBe('from-the-429')
  })
})

describe('a client assertion', () => {
  // okta-sdk-python#382, okta-sdk-golang#573
  it('expires after five minutes and is accepted when the local clock is ahead', async () => {
    await using org = await startServiceOrg()
    const { requests, fetch } = recordRequests()
    await connect(org.options, { ...org.deps, fetch })
    const { exp = 0, iat = 0 } = decodeJwt(requests[0]?.body.get('client_assertion') ?? '')
    expect(exp - iat).toBe(300)
    org.okta.setClock({ offsetMs: -60_000 })
    await connect({ ...org.options, forceLogin: true }, org.deps)
  })

  // facile-it/php-openid-client#25
  it('has the URL of the called endpoint as its audience', async () => {
    await using org = await startServiceOrg()
    const { requests, fetch } = recordRequests()
    const session = await connect(org.options, { ...org.deps, fetch })
    await session.disconnect()
    const { origin } = org.okta.orgUrl
    const audiences = requests.map(({ body }) => decodeJwt(body.get('client_assertion') ?? '').aud)
    expect(audiences).toEqual([`${origin}/oauth2/v1/token`, `${origin}/oauth2/v1/revoke`])
  })
})

describe('a client key', () => {
  // terraform-provider-okta#1024, #1223
  it('requires a key id when the app has several keys', async () => {
    const [first, second] = [await generateClientKey({ type: 'P-256' }), await generateClientKey({ type: 'P-256' })]
    await using org = await startServiceOrg({ jwks: { keys: [first.publicJwk, second.publicJwk] } })
    const { kid, ...jsonWebKey } = second.privateJwk
    const attempt = connect({ ...org.options, jsonWebKey }, org.deps)
    await expect(attempt).rejects.toMatchObject({ code: 'client_rejected', hint: expect.stringContaining('"kid"') })
    await connect({ ...org.options, jsonWebKey, keyId: kid }, org.deps)
  })

  // terraform-provider-okta#1725, #657
  it('is accepted as PKCS#1, PKCS#8 and JWK', async () => {
    await using org = await startServiceOrg()
    const privateJwk = org.options.jsonWebKey as { kty: string }
    const key = createPrivateKey({ key: privateJwk, format: 'jwk' })
    const pems = (['pkcs1', 'pkcs8'] as const).map(type => key.export({ type, format: 'pem' }).toString())
    for (const jsonWebKey of [...pems, JSON.stringify(privateJwk), privateJwk]) {
      await connect({ ...org.options, jsonWebKey, forceLogin: true }, org.deps)
    }
    expect(org.tokenResponses()).toEqual([200, 200, 200, 200])
  })
})
