import { freePort, type OktaEmulator, startOktaEmulator } from '@connect-okta/emulator'
import { type Browser, chromium } from 'playwright-core'
import { inject } from 'vitest'
import { Shell } from './shell.test.support.js'

const executablePath = inject('systemNeeds').chromium
/** Whether there is a browser that creates passkeys. Without it, the tests are skipped. */
export const canCreatePasskeys = executablePath !== undefined

/** RegistrationResponseJSON of WebAuthn. */
export interface Credential {
  readonly id: string
  readonly type: string
  readonly response: { readonly attestationObject: string; readonly clientDataJSON: string }
}

/** Connects with the key of `$given.app`. */
export const connect =
  'Connect-Okta -Tenant $given.tenant -ClientId $given.app.clientId -JsonWebKey $given.app.jwk -Scopes okta.users.manage'
/** Requests the options for a user, and returns them as JSON. */
export const requestOptions = (parameters: string) => `
  $options = Get-OktaPasskeyRegistrationOptions ${parameters}
  $options | ConvertTo-Json -Depth 9`

/**
 * An org, a shell, and a browser with a page of the org and an authenticator that needs no user.
 *
 * @param hasCustomDomain whether the tenant and the page are at another address than the one that the org has for itself
 */
export async function startPasskeyOrg({ hasCustomDomain = false } = {}) {
  // Browsers accept a name as the relying party ID, but no IP address.
  const port = await freePort()
  const tenant = `http://localhost:${port}`
  const okta = await startOktaEmulator({ port, ...(!hasCustomDomain && { orgUrl: tenant }) })
  const shell = await Shell.start()
  const browser = await chromium.launch({
    executablePath: executablePath ?? '',
    args: [...inject('chromiumArguments')],
  })
  const authenticator = await startAuthenticator(browser, tenant)
  return {
    okta,
    shell,
    given: { tenant, ...aboutOrg(okta) },
    /** Creates a passkey for the output of Get-OktaPasskeyRegistrationOptions. */
    createPasskey: (options: string) => authenticator.create(JSON.parse(options).PublicKeyOptions),
    authenticator,
    async [Symbol.asyncDispose]() {
      await Promise.all([browser.close(), shell[Symbol.asyncDispose]()])
      await okta.close()
    },
  }
}

function aboutOrg(okta: OktaEmulator) {
  const appOf = (dpop: boolean) => {
    const { clientId, jwk } = okta.client('service', { dpop })
    return { clientId, jwk: JSON.stringify(jwk) }
  }
  const users = okta.users.map(({ id, login }) => ({ id, login }))
  return { app: appOf(false), dpopApp: appOf(true), users, apiToken: okta.apiTokens[0]?.value ?? '' }
}

async function startAuthenticator(browser: Browser, tenant: string) {
  const page = await browser.newPage()
  const devTools = await page.context().newCDPSession(page)
  await devTools.send('WebAuthn.enable')
  const { authenticatorId } = await devTools.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      ...{ protocol: 'ctap2', transport: 'internal' },
      ...{ hasResidentKey: true, hasUserVerification: true, isUserVerified: true },
    },
  })
  await page.goto(tenant)
  return {
    /** Creates a passkey as the page of the org does. */
    async create(options: object): Promise<Credential> {
      // An authenticator creates one passkey for each user.
      await devTools.send('WebAuthn.clearCredentials', { authenticatorId })
      return await page.evaluate(`(async () => {
        const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(${JSON.stringify(options)})
        return (await navigator.credentials.create({ publicKey })).toJSON()
      })()`)
    },
    /** Signs in with the passkey that was created last, and returns AuthenticationResponseJSON. */
    async get(challenge: string): Promise<object> {
      return await page.evaluate(`(async () => {
        const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON({ challenge: '${challenge}' })
        return (await navigator.credentials.get({ publicKey })).toJSON()
      })()`)
    },
  }
}
