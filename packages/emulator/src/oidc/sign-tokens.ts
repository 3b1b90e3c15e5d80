import { createHash } from 'node:crypto'
import { decodeJwt, importJWK, type JWTPayload, SignJWT } from 'jose'
import type { AdapterPayload } from 'oidc-provider'
import type { Exchange } from '../http/exchange.js'

/**
 * Makes the tokens of an answer the org's: the ID token says the time of the org's clock and is signed by the server's
 * key, and the access token of a custom server is a JWT.
 */
export async function signTokens(exchange: Exchange, body: Record<string, unknown>): Promise<Record<string, unknown>> {
  const { access_token: opaque, id_token: idToken } = body
  const accessToken = exchange.server.id === undefined ? opaque : await asJwt(exchange, String(opaque))
  return {
    ...body,
    access_token: accessToken,
    ...(idToken !== undefined && { id_token: await resigned(exchange, String(idToken), String(accessToken)) }),
  }
}

/** The access token of a custom server, with the claims that Okta's have (reference: "Access token payload"). */
async function asJwt(exchange: Exchange, opaque: string): Promise<string> {
  const { org, server } = exchange
  for (const model of ['AccessToken', 'ClientCredentials']) {
    const record = server.tokens.find(model, opaque)
    if (record === undefined) continue
    const { clientId = '', accountId, scope = '', iat = 0, exp = 0 } = record
    const user = org.users.find(({ id }) => id === accountId)
    const jwt = await sign(exchange, {
      ver: 1,
      jti: `AT.${opaque}`,
      iss: server.issuer,
      aud: server.audience,
      sub: user?.login ?? clientId,
      ...confirmation(record),
      iat,
      exp,
      cid: clientId,
      ...(user && { uid: user.id }),
      scp: scope.split(' '),
    })
    server.tokens.rename(model, opaque, jwt)
    return jwt
  }
  throw new Error('an access token that was just issued is known')
}

async function resigned(exchange: Exchange, idToken: string, accessToken: string): Promise<string> {
  const { clock } = exchange.org
  const { iat: _iat, exp: _exp, auth_time: authTime, at_hash: hash, ...claims } = decodeJwt(idToken)
  const iat = clock.seconds()
  return sign(exchange, {
    ...claims,
    iat,
    exp: iat + 3600,
    ...(typeof authTime === 'number' && { auth_time: onOrgsClock(exchange, authTime) }),
    ...(hash !== undefined && { at_hash: leftHalfHash(accessToken) }),
  })
}

function onOrgsClock({ org: { clock } }: Exchange, time: number): number {
  const there = time + clock.secondsAhead()
  // The seconds that oidc-provider's clock went on while the org's stood are none.
  return clock.stands && Math.abs(there - clock.seconds()) <= 5 ? clock.seconds() : there
}

function confirmation(record: AdapterPayload): { cnf?: object } {
  const jkt: unknown = Reflect.get(record, 'jkt')
  return jkt === undefined ? {} : { cnf: { jkt } }
}

async function sign({ server }: Exchange, claims: JWTPayload): Promise<string> {
  const { privateJwk } = await server.signingKey()
  const header = { kid: String(privateJwk.kid), alg: 'RS256' }
  return new SignJWT(claims).setProtectedHeader(header).sign(await importJWK(privateJwk, 'RS256'))
}

/** OpenID Connect Core §3.1.3.6. */
function leftHalfHash(token: string): string {
  return createHash('sha256').update(token).digest().subarray(0, 16).toString('base64url')
}
