import { timingSafeEqual } from 'node:crypto'
import { printable } from '@connect-okta/core/api'
import { invalidClient, invalidRequest } from '../http/http-error.js'
import type { AssertionContext } from './assertion-context.js'
import { type Client, digestOf } from './client.js'
import { clientOfAssertion, isIdentityToken, issuerOfAssertion, unverifiedClaims } from './client-assertion.js'
import {
  clientOfIdentity,
  type IdentityCredentials,
  rejectUntrusted,
  type UntrustedCredentials,
} from './identity/identity-client.js'
import type { TrustedIssuer, TrustedIssuers } from './identity/trusted-issuers.js'

/** The parts of a request that may contain credentials. */
export interface CredentialSource {
  readonly authorization: string | undefined
  /** The client of an identity token, for requests without a form: the header `connect-okta-client`. */
  readonly clientHeader?: string | undefined
  /** The form of an OAuth request; other requests have none. */
  readonly form?: ReadonlyMap<string, string>
}

const assertionTypes = {
  jwtBearer: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
  // draft-ietf-oauth-spiffe-client-auth §3.1
  jwtSpiffe: 'urn:ietf:params:oauth:client-assertion-type:jwt-spiffe',
} as const
// RFC 9110 §11.4: a scheme and a token68.
const credentialsPattern = /^(?<scheme>\w+) +(?<value>[A-Za-z0-9._~+/-]+=*)$/
const missing =
  'Client authentication is missing: send an Authorization header, or client_id with client_secret or client_assertion.'
const malformed =
  'The Authorization header is malformed: it must be Basic and the Base64 of NAME:SECRET, or Bearer and a JWT.'
const digestOfNoSecret = Buffer.alloc(32)

/** The name of a client, and the secret (in every form that it may have been sent in) or the assertion that authenticates it. */
export type Credentials =
  | { readonly type: 'secret'; readonly name: string; readonly secrets: readonly string[] }
  | { readonly type: 'assertion'; readonly name: string; readonly assertion: string }
  | IdentityCredentials
  | UntrustedCredentials

/**
 * Reads the credentials of a request, without verifying them. Exactly one authentication method is used.
 *
 * @throws {@link HttpError} 401 `invalid_client`, 400 `invalid_request` for more than one method (RFC 6749 §2.3).
 */
export function readCredentials(
  { authorization, clientHeader, form = new Map() }: CredentialSource,
  issuers: TrustedIssuers,
): Credentials {
  const clientId = form.get('client_id') ?? clientHeader
  if (clientHeader !== undefined && clientHeader !== clientId) {
    throw invalidRequest('client_id and the connect-okta-client header name different clients.')
  }
  const assertion = form.get('client_assertion')
  const secret = form.get('client_secret')
  const methods = Number(authorization !== undefined) + Number(secret !== undefined) + Number(assertion !== undefined)
  if (methods > 1) throw invalidRequest('Use only one method of client authentication.')

  if (authorization !== undefined) return fromHeader(authorization, clientId, issuers)
  if (secret !== undefined) return { type: 'secret', name: clientId ?? '', secrets: [secretIn(withoutLineEnd(secret))] }
  if (assertion === undefined) throw invalidClient(missing)
  switch (form.get('client_assertion_type')) {
    case assertionTypes.jwtBearer:
      return fromAssertion(assertion, clientId, issuers)
    case assertionTypes.jwtSpiffe:
      return fromSvid(assertion, clientId, issuers)
    default:
      throw invalidRequest(`client_assertion_type must be ${Object.values(assertionTypes).join(' or ')}.`)
  }
}

/**
 * Verifies credentials, and returns their client.
 *
 * @throws {@link HttpError} 401 `invalid_client`; 503 when they cannot be verified at the moment.
 */
export async function authenticateClient(credentials: Credentials, context: AssertionContext): Promise<Client> {
  switch (credentials.type) {
    case 'secret': {
      const client = clientOfSecret(credentials.name, credentials.secrets, context)
      await context.onAuthenticated(client)
      return client
    }
    case 'assertion':
      return await clientOfAssertion(credentials.assertion, credentials.name, context)
    case 'identity':
      return await clientOfIdentity(credentials, context)
    case 'untrusted':
      return await rejectUntrusted(credentials, context)
  }
}

function fromHeader(authorization: string, clientId: string | undefined, issuers: TrustedIssuers): Credentials {
  const { scheme, value = '' } = credentialsPattern.exec(authorization)?.groups ?? {}
  switch (scheme?.toLowerCase()) {
    case 'basic': {
      const { name, secrets } = decodeBasic(value)
      if (clientId !== undefined && clientId !== name) {
        throw invalidRequest('client_id and the Authorization header name different clients.')
      }
      return { type: 'secret', name, secrets }
    }
    // For requests without a form, which cannot carry client_assertion.
    case 'bearer':
      return issuers.ofSvid(unverifiedClaims(value)) === undefined
        ? fromAssertion(value, clientId, issuers)
        : fromSvid(value, clientId, issuers)
    default:
      throw invalidClient(malformed)
  }
}

// A token of an issuer is never verified with the key of a client, nor the reverse.
function fromAssertion(assertion: string, clientId: string | undefined, issuers: TrustedIssuers): Credentials {
  const claims = unverifiedClaims(assertion)
  if (isIdentityToken(claims)) {
    return fromIdentityToken(assertion, clientId, issuers.ofToken(claims) ?? String(claims.iss))
  }
  const name = issuerOfAssertion(claims)
  if (clientId !== undefined && clientId !== name) {
    throw invalidClient('client_id and the assertion name different clients.')
  }
  return { type: 'assertion', name, assertion }
}

function fromSvid(token: string, clientId: string | undefined, issuers: TrustedIssuers): Credentials {
  const claims = unverifiedClaims(token)
  return fromIdentityToken(token, clientId, issuers.ofSvid(claims) ?? String(claims.sub))
}

function fromIdentityToken(token: string, name: string | undefined, issuer: TrustedIssuer | string): Credentials {
  if (name === undefined) {
    throw invalidClient(
      'The iss and sub of an assertion must be the name of its client. The identity token of a platform also needs client_id ' +
        'in the form or, for a request without a form, the header connect-okta-client.',
    )
  }
  if (typeof issuer !== 'string') return { type: 'identity', name, token, issuer }
  return { type: 'untrusted', name, token, issuer: printable(issuer).slice(0, 200) }
}

// RFC 6749 §2.3.1: the name and the secret are form-encoded, then joined by a colon. Many clients, such as curl, do not encode
// them (RFC 7617 §2), so that a secret with a plus or a percent sign has two readings.
function decodeBasic(value: string): { name: string; secrets: readonly string[] } {
  const text = withoutLineEnd(Buffer.from(value, 'base64').toString('utf8'))
  const colon = text.indexOf(':')
  if (colon === -1) throw invalidClient('The Authorization header has no colon between the name and the secret.')
  const [name, secret] = [text.slice(0, colon), secretIn(text.slice(colon + 1))]
  return { name: formDecoded(name) ?? name, secrets: [formDecoded(secret) ?? secret, secret] }
}

// Neither a name nor a secret has control characters (RFC 6749 appendix A): this one is of `echo`, or of the end of a file.
function withoutLineEnd(text: string): string {
  return text.replace(/\r?\n$/, '')
}

// An empty secret never authenticates, also if a client was configured with its digest.
function secretIn(text: string): string {
  if (text === '') throw invalidClient('The secret is empty.')
  return text
}

/** `undefined` for an invalid percent-encoding. */
function formDecoded(text: string): string | undefined {
  if (!/[%+]/.test(text)) return text
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return undefined
  }
}

// An unknown client takes as long as a wrong secret.
function clientOfSecret(name: string, secrets: readonly string[], { clients }: AssertionContext): Client {
  const client = clients.get(name)
  const knownDigests = client?.secretDigests.length ? client.secretDigests : [digestOfNoSecret]
  let isValid = false
  // A digest by `echo SECRET | sha256sum` is one of the secret and a line end.
  const digests = secrets.flatMap(secret => [digestOf(secret), digestOf(`${secret}\n`)])
  for (const digest of digests) {
    for (const known of knownDigests) if (timingSafeEqual(known, digest)) isValid = true
  }
  if (client === undefined || !isValid) throw invalidClient('Unknown client, or wrong secret.')
  return client
}
