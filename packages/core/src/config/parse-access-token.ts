import { type OktaConnectError, optionsInvalid } from '../errors.js'
import { quoted } from '../safe-text.js'
import { type Account, accountOf } from '../stores/account.js'
import { unquoted } from '../unquoted.js'
import type { AccessTokenOptions } from './connect-options.js'
import { isScopeToken } from './scope-token.js'
import { parseTenant } from './tenant.js'

/** What an access token contains. Everything is unknown if the token is opaque. */
interface AccessTokenClaims {
  /** Milliseconds since 1970. */
  readonly expiresAt: number | null
  readonly scopes: readonly string[]
  readonly clientId: string | undefined
  readonly authorizationServer: string | undefined
  readonly account: Account | undefined
}

const opaque: AccessTokenClaims = {
  expiresAt: null,
  scopes: [],
  clientId: undefined,
  authorizationServer: undefined,
  account: undefined,
}

const maxLength = 16_384

/**
 * Validates {@link AccessTokenOptions}.
 *
 * @throws {@link OktaConnectError} `options_invalid`
 */
export async function parseAccessTokenOptions(options: AccessTokenOptions) {
  const { grant } = options
  if (grant !== undefined && grant !== 'access_token') {
    throw optionsInvalid(
      `The grant ${quoted(grant)} does not use an access token.`,
      'Omit the grant, or the access token.',
    )
  }
  const orgUrl = parseTenant(options.tenant)
  const accessToken = parseAccessToken(options.accessToken)
  return { orgUrl, accessToken, claims: await claimsOf(accessToken, orgUrl) }
}

// The value is not shown, because it is the secret.
function parseAccessToken(value: string): string {
  const text = typeof value === 'string' ? unquoted(value) : ''
  const [, scheme = 'Bearer', token = ''] =
    /^(?:Authorization: *)?(?:(Bearer|DPoP|SSWS)(?: +|$))?(.*)$/is.exec(text) ?? []
  if (token === '') throw optionsInvalid('The access token is missing.', 'Use the value of access_token.')
  if (/^dpop$/i.test(scheme)) throw boundToKey()
  // API tokens of Okta have 42 characters, of which the first are zeros.
  if (/^ssws$/i.test(scheme) || /^00[\w-]{40}$/.test(token)) {
    throw optionsInvalid('The access token is a static API token.', 'Set it with the option for an API token.')
  }
  if (token.length > maxLength) throw optionsInvalid('The access token is too long.', 'Use the value of access_token.')
  // RFC 6750 §2.1
  if (/^[\w.~+/-]+=*$/.test(token)) return token
  throw optionsInvalid(
    'The access token is invalid: it contains characters that are not allowed.',
    'Use the value of access_token, without anything before or after it.',
  )
}

/**
 * Reads the claims of a token that is a JWT. The API verifies its signature.
 *
 * @see https://developer.okta.com/docs/api/openapi/okta-oauth/guides/overview/#access-token-payload
 */
async function claimsOf(accessToken: string, orgUrl: URL): Promise<AccessTokenClaims> {
  const { decodeJwt } = await import('jose/jwt/decode')
  let claims: Readonly<Record<string, unknown>>
  try {
    claims = decodeJwt(accessToken)
  } catch {
    return opaque
  }
  // RFC 9449 §6.1
  if (claims.cnf !== undefined) throw boundToKey()
  const { exp, scp, cid, sub, uid } = claims
  return {
    expiresAt: typeof exp === 'number' && Math.abs(exp) <= maxDateSeconds ? exp * 1000 : null,
    scopes: Array.isArray(scp) ? scp.filter(scope => typeof scope === 'string' && isScopeToken(scope)) : [],
    clientId: isId(cid) ? cid : undefined,
    authorizationServer: 'iss' in claims ? serverOf(claims.iss, orgUrl) : undefined,
    // A token of an app has no user id. For a user, the subject is the username.
    account: isId(uid) ? accountOf({ sub: uid, preferred_username: sub }) : undefined,
  }
}

// Programs print them. RFC 6749, appendix A.1.
function isId(value: unknown): value is string {
  return typeof value === 'string' && /^[\x21-\x7e]{1,255}$/.test(value)
}

// Later times are no valid `Date`.
const maxDateSeconds = 8.64e12

// A token of another org is not used: the API of this org would reject it, or an action would affect the wrong org.
function serverOf(issuer: unknown, { host }: URL): string | undefined {
  const url = typeof issuer === 'string' && URL.canParse(issuer) ? new URL(issuer) : undefined
  const [isOkta, id] = /^\/(?:oauth2\/([\w-]+)\/?)?$/.exec(url?.pathname ?? '') ?? []
  if (url?.host === host && isOkta !== undefined) return id
  throw optionsInvalid(
    `The access token was not issued by ${host}: its issuer is ${quoted(issuer)}.`,
    'Use the org that issued the token as the tenant, or a token of this org.',
  )
}

function boundToKey(): OktaConnectError {
  return optionsInvalid(
    'The access token is bound to a key (DPoP), and cannot be used without it.',
    'Use a token that is not bound, or connect with the credential of the app.',
  )
}
