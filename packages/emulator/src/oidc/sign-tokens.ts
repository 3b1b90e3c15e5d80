import { createHash } from 'node:crypto'
import { decodeJwt, importJWK, type JWTPayload, SignJWT } from 'jose'
import type { AdapterPayload } from 'oidc-provider'
import type { Exchange } from '../http/exchange.js'

/**
 * Signs the tokens of a token response. The ID token gets the time of the org's clock and the signature of the
 * authorization server. The access token of a custom authorization server becomes a JWT.
 */
export async function signTokens(exchange: Exchange, body: Record<string, unknown>): Promise<Record<string, unknown>> {
  const { access_token: opaque, id_token: idToken } = body
  const authTime = idToken === undefined ? undefined : authTimeOf(exchange, String(idToken))
  const accessToken = exchange.server.id === undefined ? opaque : await asJwt(exchange, String(opaque), authTime)
  return {
    ...body,
    access_token: accessToken,
    ...(idToken !== undefined && { id_token: await resignIdToken(exchange, String(idToken), String(accessToken)) }),
  }
}

/** The access token of a custom authorization server, with Okta's claims (reference: "Access token payload"). */
async function asJwt(exchange: Exchange, opaque: string, authTime: number | undefined): Promise<string> {
  const { org, server } = exchange
  for (const model of ['AccessToken', 'ClientCredentials']) {
    const record = server.tokens.find(model, opaque)
    if (record === undefined) continue
    const { clientId = '', accountId, scope = '', iat = 0, exp = 0 } = record
    const user = org.directory.find(accountId)
    const jwt = await sign(exchange, {
      ver: 1,
      jti: `AT.${opaque}`,
      iss: server.issuer,
      aud: server.audience,
      sub: user?.profile.login ?? clientId,
      ...confirmation(record),
      iat,
      exp,
      cid: clientId,
      ...(user && { uid: user.id }),
      scp: scope.split(' '),
      ...(authTime !== undefined && { auth_time: authTime }),
    })
    server.tokens.rename(model, opaque, jwt)
    return jwt
  }
  throw new Error('The issued access token is not in the token store.')
}

async function resignIdToken(exchange: Exchange, idToken: string, accessToken: string): Promise<string> {
  const { clock } = exchange.org
  const { iat: _iat, exp: _exp, at_hash: _hash, ...claims } = decodeJwt(idToken)
  const authTime = authTimeOf(exchange, idToken)
  const iat = clock.seconds()
  return sign(exchange, {
    ...claims,
    ver: 1,
    jti: `ID.${exchange.org.random.secret('ID token')}`,
    idp: exchange.org.id,
    iat,
    exp: iat + 3600,
    ...(authTime !== undefined && { auth_time: authTime }),
    at_hash: leftHalfHash(accessToken),
  })
}

function authTimeOf(exchange: Exchange, idToken: string): number | undefined {
  const { auth_time: time } = decodeJwt(idToken)
  return typeof time === 'number' ? toOrgTime(exchange, time) : undefined
}

function toOrgTime({ org: { clock } }: Exchange, time: number): number {
  const orgTime = time + clock.secondsAhead()
  // When the org's clock is stopped, the system clock has moved on by a few seconds since the sign-in.
  return clock.isFixed && Math.abs(orgTime - clock.seconds()) <= 5 ? clock.seconds() : orgTime
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
