import { randomUUID } from 'node:crypto'
import { ConfidentialClientApplication, type INetworkModule, ProtocolMode } from '@azure/msal-node'
import { importJWK, SignJWT } from 'jose'
import type { ClientJwk, ServiceApp } from '../emulated-org.js'

/** Uses the mode for servers of other vendors. DPoP is not supported. */
export async function getToken(app: ServiceApp): Promise<string> {
  return await acquire(clientFor(app), app.scope)
}

/** Gets a token, from the cache if possible. */
export async function acquire(client: ConfidentialClientApplication, scope: string): Promise<string> {
  const result = await client.acquireTokenByClientCredential({ scopes: [scope] })
  if (result === null) throw new Error('got no token')
  return result.accessToken
}

export function clientFor(app: ServiceApp): ConfidentialClientApplication {
  const authority = httpsUrl(app.issuer)
  const { credential } = app
  const proof =
    'jwk' in credential
      ? { clientAssertion: () => assertionOf(app, credential.jwk) }
      : { clientSecret: credential.secret }
  return new ConfidentialClientApplication({
    auth: { clientId: app.clientId, authority, knownAuthorities: [new URL(authority).host], ...proof },
    system: { protocolMode: ProtocolMode.OIDC, networkClient: httpNetwork(app.tenant) },
  })
}

async function assertionOf({ clientId, tokenEndpoint }: ServiceApp, jwk: ClientJwk): Promise<string> {
  return await new SignJWT()
    .setProtectedHeader({ alg: jwk.alg, kid: jwk.kid })
    .setIssuer(clientId)
    .setSubject(clientId)
    .setAudience(tokenEndpoint)
    .setIssuedAt()
    .setExpirationTime('5m')
    .setJti(randomUUID())
    .sign(await importJWK(jwk, jwk.alg))
}

function httpsUrl(url: string): string {
  return url.replace(/^http:/, 'https:')
}

// The library requires https, but the emulated org uses http. So this client sends requests with http, and rewrites the URLs in
// responses to https.
function httpNetwork(tenant: string): INetworkModule {
  const send = (method: string): INetworkModule['sendPostRequestAsync'] => {
    return async (url, { headers, body } = {}) => {
      const response = await fetch(url.replace(/^https:/, 'http:'), {
        method,
        headers: headers ?? {},
        ...(body !== undefined && { body }),
      })
      const text = (await response.text()).replaceAll(tenant, httpsUrl(tenant))
      return { status: response.status, headers: Object.fromEntries(response.headers), body: JSON.parse(text) }
    }
  }
  return { sendGetRequestAsync: send('GET'), sendPostRequestAsync: send('POST') }
}
