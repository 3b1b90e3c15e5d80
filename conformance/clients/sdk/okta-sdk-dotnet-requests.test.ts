import { type OktaEmulator, startOktaEmulator } from '@connect-okta/emulator'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { headerOf, rawRequest } from '../../support/raw-request.js'
import { serviceApp } from '../../support/service-app.js'

// The SDK is not in the registries that CI reaches, so these are its requests.
describe('the requests of Okta.Sdk (.NET)', () => {
  let okta: OktaEmulator
  beforeAll(async () => {
    okta = await startOktaEmulator()
  })
  afterAll(() => okta?.close())

  /** Requests a token as the SDK does: with a proof, and again with the nonce of the header that it looks up. */
  async function requestToken(dpop: boolean) {
    const htu = new URL('/oauth2/v1/token', okta.orgUrl).href
    const app = await serviceApp(okta.client('service', { dpop }), htu)
    const send = async (nonce?: string) => {
      const body = new URLSearchParams(await app.tokenParameters('okta.users.read'))
      const headers = { DPoP: await app.proof({ htm: 'POST', htu, ...(nonce !== undefined && { nonce }) }) }
      return await rawRequest(okta.localUrl, { method: 'POST', path: '/oauth2/v1/token', headers, body })
    }
    const first = await send()
    // Its dictionary of headers is case-sensitive.
    const nonce = headerOf(first, 'dpop-nonce')
    return { first, second: Object(first.json).error === 'use_dpop_nonce' ? await send(nonce) : undefined }
  }

  it('gets a DPoP token with the nonce of the lower-case header', async () => {
    const { first, second } = await requestToken(true)
    expect(first).toMatchObject({ status: 400, json: { error: 'use_dpop_nonce' } })
    expect(second).toMatchObject({ status: 200, json: { token_type: 'DPoP' } })
  })

  it('gets a Bearer token when the app does not require DPoP, although it sends a proof', async () => {
    const { first, second } = await requestToken(false)
    expect(first).toMatchObject({ status: 200, json: { token_type: 'Bearer' } })
    expect(second).toBeUndefined()
  })
})
