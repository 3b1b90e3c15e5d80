import { importJWK } from 'jose'
import * as oidc from 'openid-client'
import type { ClientJwk, ServiceApp } from '../emulated-org.js'

/** As its documentation begins: with discovery. */
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
  // Okta wants the endpoint where the library would say the issuer.
  const modify = {
    [oidc.modifyAssertion]: (_header: object, claims: object) => Object.assign(claims, { aud: audience }),
  }
  return oidc.PrivateKeyJwt({ key, kid: jwk.kid }, modify)
}
