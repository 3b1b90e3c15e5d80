// The example of the README of @okta/jwt-verifier, with tokens of a custom authorization server. It is a separate process since Node
// reads NODE_EXTRA_CA_CERTS only at its start.
import { json } from 'node:stream/consumers'
import { ScriptedBrowser } from '@connect-okta/emulator'
import OktaJwtVerifier from '@okta/jwt-verifier'

const { orgUrl, issuer, jwksUri, clientId, clientSecret, redirectUri, user } = await json(process.stdin)
const { accessToken, idToken } = await signIn()

const oktaJwtVerifier = new OktaJwtVerifier({ issuer, jwksUri })
const results = {
  accessToken: await attempt(() => oktaJwtVerifier.verifyAccessToken(accessToken, 'api://default')),
  audiences: await attempt(() => oktaJwtVerifier.verifyAccessToken(accessToken, ['api://special', 'api://default'])),
  idToken: await attempt(() => oktaJwtVerifier.verifyIdToken(idToken, clientId, 'the-nonce')),
  otherAudience: await attempt(() => oktaJwtVerifier.verifyAccessToken(accessToken, 'api://other')),
  otherClient: await attempt(() => oktaJwtVerifier.verifyIdToken(idToken, 'another', 'the-nonce')),
  otherNonce: await attempt(() => oktaJwtVerifier.verifyIdToken(idToken, clientId, 'another')),
  changed: await attempt(() => oktaJwtVerifier.verifyAccessToken(`${accessToken}A`, 'api://default')),
  claim: await attempt(() =>
    new OktaJwtVerifier({
      issuer,
      jwksUri,
      assertClaims: { cid: clientId, 'scp.includes': ['openid'] },
    }).verifyAccessToken(accessToken, 'api://default'),
  ),
}
process.stdout.write(JSON.stringify(results))

async function attempt(verify) {
  try {
    return (await verify()).claims
  } catch (error) {
    return { error: error.message }
  }
}

async function signIn() {
  const authorize = new URL(`${issuer}${issuer === orgUrl ? '/oauth2' : ''}/v1/authorize`)
  const parameters = { response_type: 'code', scope: 'openid profile', state: 'the-state', nonce: 'the-nonce' }
  authorize.search = new URLSearchParams({ client_id: clientId, redirect_uri: redirectUri, ...parameters })
  const response = await new ScriptedBrowser({ orgUrl: new URL(orgUrl) }).signIn(authorize, user)
  const form = { grant_type: 'authorization_code', code: response.searchParams.get('code'), redirect_uri: redirectUri }
  const body = new URLSearchParams({ ...form, client_id: clientId, client_secret: clientSecret })
  const answer = await fetch(new URL(authorize.href.replace(/authorize.*/, 'token')), { method: 'POST', body })
  const { access_token, id_token } = await answer.json()
  return { accessToken: access_token, idToken: id_token }
}
