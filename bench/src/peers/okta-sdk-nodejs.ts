import okta from '@okta/okta-sdk-nodejs'
import type { ServiceApp } from '../emulated-org.js'

/** Okta's own SDK, which gets its token before the first call of the API. It takes a key, and the org's server alone. */
export async function getToken({ tenant, clientId, scope, credential }: ServiceApp): Promise<string> {
  if (!('jwk' in credential)) throw new Error('it takes a key')
  const configuration = {
    orgUrl: tenant,
    authorizationMode: 'PrivateKey' as const,
    clientId,
    scopes: [scope],
    privateKey: JSON.stringify(credential.jwk),
    keyId: credential.jwk.kid,
    // Not in its types, and nor is what each of its calls begins with.
    testing: { disableHttpsCheck: true },
  }
  const { oauth } = new okta.Client(configuration) as unknown as {
    oauth: { getAccessToken(): Promise<{ access_token: string }> }
  }
  return (await oauth.getAccessToken()).access_token
}
