import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { type OktaEmulator, startOktaEmulator } from '../src/start-okta-emulator.js'
import { freePort } from '../src/testing/free-port.js'
import { callFactors, type FactorBody, WEBAUTHN } from './support/passkey.test.support.js'
import { serviceToken } from './support/relying-party.test.support.js'

const executablePath = inject('systemNeeds').chromium
const args = [...inject('chromiumArguments')]

/** Creates a passkey in the page, and returns what the authenticator sent, in Base64url. */
function createPasskey(page: Page, options: object): Promise<{ attestation: string; clientData: string }> {
  return page.evaluate(`(async () => {
    const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(${JSON.stringify(options)})
    const credential = await navigator.credentials.create({ publicKey })
    const { attestationObject, clientDataJSON } = credential.toJSON().response
    return { attestation: attestationObject, clientData: clientDataJSON }
  })()`)
}

describe.skipIf(executablePath === undefined)('a passkey that Chromium creates', () => {
  let okta: OktaEmulator
  let browser: Browser
  let page: Page
  beforeAll(async () => {
    // Browsers accept a name as the relying party ID, but no IP address.
    const port = await freePort()
    okta = await startOktaEmulator({ port, orgUrl: `http://localhost:${port}` })
    browser = await chromium.launch({ executablePath: executablePath ?? '', args })
    page = await browser.newPage()
    const devTools = await page.context().newCDPSession(page)
    await devTools.send('WebAuthn.enable')
    await devTools.send('WebAuthn.addVirtualAuthenticator', {
      options: {
        protocol: 'ctap2',
        transport: 'internal',
        hasResidentKey: true,
        hasUserVerification: true,
        isUserVerified: true,
      },
    })
    await page.goto(okta.orgUrl.href)
  })
  afterAll(async () => {
    await browser.close()
    await okta.close()
  })

  it('is registered for a user, and is not created twice', async () => {
    const token = await serviceToken(okta, undefined, 'okta.users.manage')
    const enroll = async () => {
      const { text } = await callFactors(okta, token, { method: 'POST', body: WEBAUTHN })
      const { id, _embedded }: FactorBody = JSON.parse(text)
      return { id, options: { ..._embedded?.activation, rp: { id: okta.orgUrl.hostname, name: 'Okta emulator' } } }
    }
    const { id, options } = await enroll()
    const body = await createPasskey(page, options)
    const activated = await callFactors(okta, token, { method: 'POST', path: `/${id}/lifecycle/activate`, body })
    expect(activated).toMatchObject({ status: 200, body: { id, status: 'ACTIVE' } })
    expect(await callFactors(okta, token, { path: `/${id}` })).toMatchObject({ status: 200, body: activated.body })

    const second = await enroll()
    await expect(createPasskey(page, second.options)).rejects.toThrow('InvalidStateError')
  })
})
