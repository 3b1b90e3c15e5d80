import { importJWK } from 'jose'
import * as oauth from 'oauth4webapi'
import type { ClientJwk, ServiceApp } from '../emulated-org.js'

/** The minimum that is correct: no discovery, a time limit, the response checked. */
export async function getToken({
  clientId,
  scope,
  issuer,
  tokenEndpoint,
  dpop,
  credential,
}: ServiceApp): Promise<string> {
  const server = { issuer, token_endpoint: tokenEndpoint }
  const client: oauth.Client = { client_id: clientId }
  const authentication =
    'jwk' in credential ? await byKey(credential.jwk, tokenEndpoint) : oauth.ClientSecretPost(credential.secret)
  const DPoP = dpop ? oauth.DPoP(client, await oauth.generateKeyPair('ES256')) : undefined
  const request = async () =>
    await oauth.clientCredentialsGrantRequest(
      server,
      client,
      authentication,
      { scope },
      {
        [oauth.allowInsecureRequests]: true,
        // A request without a time limit may never end.
        signal: AbortSignal.timeout(10_000),
        ...(DPoP && { DPoP }),
      },
    )
  const read = async () => (await oauth.processClientCredentialsResponse(server, client, await request())).access_token
  try {
    return await read()
  } catch (error) {
    // The error response had the nonce, which the handle has stored.
    if (DPoP === undefined || !oauth.isDPoPNonceError(error)) throw error
    return await read()
  }
}

async function byKey(jwk: ClientJwk, audience: string): Promise<oauth.ClientAuth> {
  const key = (await importJWK(jwk, jwk.alg)) as oauth.CryptoKey
  return oauth.PrivateKeyJwt(
    { key, kid: jwk.kid },
    {
      [oauth.modifyAssertion](_header, payload) {
        payload.aud = audience
      },
    },
  )
}
