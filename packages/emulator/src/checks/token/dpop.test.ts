import { randomUUID } from 'node:crypto'
import { type CryptoKey, exportJWK, generateKeyPair, SignJWT } from 'jose'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { clientCredentials, type ProofKey, post, proofKey } from '../../../test/support/relying-party.test.support.js'
import { type OktaEmulator, startOktaEmulator } from '../../start-okta-emulator.js'

let okta: OktaEmulator
let key: ProofKey
let endpoint: URL
beforeAll(async () => {
  okta = await startOktaEmulator()
  key = await proofKey()
  endpoint = new URL('/oauth2/v1/token', okta.orgUrl)
})
afterAll(() => okta.close())

const bound = () => okta.client('service', { dpop: true })

async function sendRequest(proof: string | undefined, client = bound()) {
  return post(
    okta,
    '/oauth2/v1/token',
    await clientCredentials(okta, client),
    proof === undefined ? {} : { dpop: proof },
  )
}

describe('an app that requires DPoP', () => {
  let nonce: string
  beforeEach(async () => {
    nonce = (await sendRequest(await key.proof('POST', endpoint))).headers.get('dpop-nonce') ?? ''
  })

  it('is rejected without a proof', async () => {
    expect(await sendRequest(undefined)).toMatchObject({
      status: 400,
      body: { error: 'invalid_dpop_proof', error_description: 'The DPoP proof JWT header is missing.' },
    })
  })

  it('gets use_dpop_nonce and the nonce when the proof has none', async () => {
    const { status, body, headers } = await sendRequest(await key.proof('POST', endpoint))
    expect({ status, body }).toEqual({
      status: 400,
      body: { error: 'use_dpop_nonce', error_description: 'Authorization server requires nonce in DPoP proof.' },
    })
    expect(headers.get('dpop-nonce')).toMatch(/^[\w-]{20,}$/)
  })

  it('gets a DPoP token with a proof that has the nonce', async () => {
    const { status, body } = await sendRequest(await key.proof('POST', endpoint, { nonce }))
    expect(status).toBe(200)
    expect(body).toMatchObject({ token_type: 'DPoP', expires_in: 3600, scope: 'okta.users.read' })
  })

  it('can use a nonce more than once, but a proof only once', async () => {
    const proof = await key.proof('POST', endpoint, { nonce })
    expect(await sendRequest(proof)).toMatchObject({ status: 200 })
    expect(await sendRequest(await key.proof('POST', endpoint, { nonce }))).toMatchObject({ status: 200 })
    expect(await sendRequest(proof)).toMatchObject({
      status: 400,
      body: { error: 'invalid_dpop_proof', error_description: 'The DPoP proof JWT has already been used.' },
    })
  })

  it('gets use_dpop_nonce when the nonce is unknown', async () => {
    expect(await sendRequest(await key.proof('POST', endpoint, { nonce: 'made-up' }))).toMatchObject({
      status: 400,
      body: { error: 'use_dpop_nonce' },
    })
  })

  it.each<[string, Record<string, unknown>]>([
    ["'htm' claim in the DPoP proof JWT is invalid.", { htm: 'GET' }],
    ["'htu' claim in the DPoP proof JWT is invalid.", { htu: 'https://example.okta.com/oauth2/v1/token' }],
    ["'htu' claim in the DPoP proof JWT is invalid.", { htu: undefined }],
    ["'iat' claim in the DPoP proof JWT is invalid.", { iat: 'now' }],
    ['The DPoP proof JWT is issued more than five minutes in the past.', { iat: Math.floor(Date.now() / 1000) - 3600 }],
    ['The DPoP proof JWT is issued in the future.', { iat: Math.floor(Date.now() / 1000) + 3600 }],
    ['The DPoP proof JWT is expired.', { exp: Math.floor(Date.now() / 1000) - 10 }],
    ["'jti' claim in the DPoP proof JWT is invalid.", { jti: undefined }],
  ])('is rejected when the proof is wrong: %s', async (description, changes) => {
    expect(await sendRequest(await key.proof('POST', endpoint, { nonce, ...changes }))).toMatchObject({
      status: 400,
      body: { error: 'invalid_dpop_proof', error_description: description },
    })
  })

  it('can send an htu with an upper-case scheme and a query', async () => {
    const htu = `${endpoint.href.replace('http://', 'HTTP://')}?x=1#y`
    expect(await sendRequest(await key.proof('POST', endpoint, { nonce, htu }))).toMatchObject({ status: 200 })
  })

  const invalid = (description: string) => ({
    status: 400,
    body: { error: 'invalid_dpop_proof', error_description: description },
  })

  it('is rejected when the proof is not a JWT', async () => {
    expect(await sendRequest('nonsense')).toMatchObject(invalid('The DPoP proof JWT cannot be parsed.'))
  })

  it('is rejected when the proof has another typ', async () => {
    const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true })
    const proof = await signed({ typ: 'JWT', alg: 'ES256', jwk: await exportJWK(publicKey) }, privateKey)
    expect(await sendRequest(proof)).toMatchObject(invalid("'typ' must be 'dpop+jwt' in the DPoP proof JWT."))
  })

  it('is rejected when the proof has no jwk', async () => {
    const { privateKey } = await generateKeyPair('ES256')
    expect(await sendRequest(await signed({ typ: 'dpop+jwt', alg: 'ES256' }, privateKey))).toMatchObject(
      invalid('The DPoP proof JWT is invalid.'),
    )
  })

  it('is rejected when another key signed the proof', async () => {
    const { privateKey } = await generateKeyPair('ES256')
    const proof = await signed({ typ: 'dpop+jwt', alg: 'ES256', jwk: key.jwk }, privateKey)
    expect(await sendRequest(proof)).toMatchObject(invalid('The DPoP proof JWT signature is invalid.'))
  })

  it('can use the previous nonce after a rotation, and gets the new one with the response', async () => {
    okta.rotateDpopNonce()
    const { status, headers } = await sendRequest(await key.proof('POST', endpoint, { nonce }))
    expect(status).toBe(200)
    const renewed = headers.get('dpop-nonce') ?? ''
    expect(renewed).not.toBe(nonce)
    const again = await sendRequest(await key.proof('POST', endpoint, { nonce: renewed }))
    expect(again.headers.get('dpop-nonce')).toBe(renewed)
  })

  it('gets use_dpop_nonce when the previous nonce is invalid', async () => {
    okta.rotateDpopNonce({ keepPrevious: false })
    expect(await sendRequest(await key.proof('POST', endpoint, { nonce }))).toMatchObject({
      status: 400,
      body: { error: 'use_dpop_nonce' },
    })
  })

  it('needs a new assertion after use_dpop_nonce', async () => {
    const form = await clientCredentials(okta, bound())
    const first = await post(okta, '/oauth2/v1/token', form, { dpop: await key.proof('POST', endpoint) })
    expect(first.body.error).toBe('use_dpop_nonce')
    const retry = await post(okta, '/oauth2/v1/token', form, { dpop: await key.proof('POST', endpoint, { nonce }) })
    expect(retry).toMatchObject({ status: 401, body: { error: 'invalid_client' } })
  })
})

describe('an app that does not require DPoP', () => {
  it('gets a bearer token when it sends a proof', async () => {
    const { body } = await sendRequest(await key.proof('POST', endpoint), okta.client('service'))
    expect(body).toMatchObject({ token_type: 'Bearer' })
  })

  it('gets a bound token with bindOptionalProofs', async () => {
    await using binding = await startOktaEmulator({ bindOptionalProofs: true })
    const url = new URL('/oauth2/v1/token', binding.orgUrl)
    const sendProof = async (proof: string) =>
      post(binding, '/oauth2/v1/token', await clientCredentials(binding, binding.client('service')), { dpop: proof })
    const nonce = (await sendProof(await key.proof('POST', url))).headers.get('dpop-nonce')
    expect((await sendProof(await key.proof('POST', url, { nonce }))).body).toMatchObject({ token_type: 'DPoP' })
  })
})

function signed(header: { typ: string; alg: string; jwk?: object }, signer: CryptoKey): Promise<string> {
  return new SignJWT({ htm: 'POST', htu: endpoint.href, iat: Math.floor(Date.now() / 1000), jti: randomUUID() })
    .setProtectedHeader(header)
    .sign(signer)
}
