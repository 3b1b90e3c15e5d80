import { importJWK } from 'jose'
import * as oidc from 'openid-client'
import type { ClientJwk, ServiceApp } from '../emulated-org.js'

/** With discovery, as in its documentation. */
export async function getToken({
  clientId,
  scope,
  issuer,
  tokenEndpoint,
  dpop,
  credential,
}: ServiceApp): Promise<string> {
  const authentication =
    'jwk' in credential ? await byKey(credential.jwk, tokenEndpoint) : oidc.ClientSecretPost(credential.secret)
  const config = await oidc.discovery(new URL(issuer), clientId, undefined, authentication, {
    execute: [oidc.allowInsecureRequests],
  })
  const options = dpop ? { DPoP: oidc.getDPoPHandle(config, await oidc.randomDPoPKeyPair('ES256')) } : {}
  return (await oidc.clientCredentialsGrant(config, { scope }, options)).access_token
}

async function byKey(jwk: ClientJwk, audience: string): Promise<oidc.ClientAuth> {
  const key = (await importJWK(jwk, jwk.alg)) as oidc.CryptoKey
  // Okta requires the endpoint as the audience. The default of the library is the issuer.
  const modify = {
    [oidc.modifyAssertion]: (_header: object, claims: object) => Object.assign(claims, { aud: audience }),
  }
  return oidc.PrivateKeyJwt({ key, kid: jwk.kid }, modify)
}
