import okta from '@okta/okta-sdk-nodejs'
import type { ServiceApp } from '../emulated-org.js'

/** Okta's SDK gets its token before the first API request. It supports only keys and the org authorization server. */
export async function getToken({ tenant, clientId, scope, credential }: ServiceApp): Promise<string> {
  if (!('jwk' in credential)) throw new Error('only a key is supported')
  const configuration = {
    orgUrl: tenant,
    authorizationMode: 'PrivateKey' as const,
    clientId,
    scopes: [scope],
    privateKey: JSON.stringify(credential.jwk),
    keyId: credential.jwk.kid,
    // Not in its types, and neither is `oauth`, which every API request uses.
    testing: { disableHttpsCheck: true },
  }
  const { oauth } = new okta.Client(configuration) as unknown as {
    oauth: { getAccessToken(): Promise<{ access_token: string }> }
  }
  return (await oauth.getAccessToken()).access_token
}
