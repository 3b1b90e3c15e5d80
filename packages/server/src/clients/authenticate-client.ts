import { timingSafeEqual } from 'node:crypto'
import { callerUnknown, malformed } from '../http/http-error.js'
import { type Caller, digestOf } from './client.js'
import { type AssertionContext, callerOfAssertion, issuerOfAssertion } from './client-assertion.js'

/** Where a request may say who calls. */
export interface Credentials {
  readonly authorization: string | undefined
  /** The form of an OAuth request; other requests have none. */
  readonly form?: ReadonlyMap<string, string>
}

const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
// RFC 9110 §11.4: a scheme and a token68.
const credentialsForm = /^(?<scheme>\w+) +(?<value>[A-Za-z0-9._~+/-]+=*)$/
const nobody = Buffer.alloc(32)

/** Who a request says it is from, and what is to prove it. */
export type Claim =
  | { readonly proof: 'secret'; readonly name: string; readonly secret: string }
  | { readonly proof: 'assertion'; readonly name: string; readonly assertion: string }

/**
 * Who a request says it is from, by the one way in which it says so. Nothing is proved by that.
 *
 * @throws {@link Refusal} 401 `invalid_client`, 400 `invalid_request` for more than one way (RFC 6749 §2.3).
 */
export function claimOf({ authorization, form = new Map() }: Credentials): Claim {
  const clientId = form.get('client_id')
  const assertion = form.get('client_assertion')
  const secret = form.get('client_secret')
  const ways = Number(authorization !== undefined) + Number(secret !== undefined) + Number(assertion !== undefined)
  if (ways > 1) throw malformed('Say in one way alone who you are.')

  if (authorization !== undefined) return ofHeader(authorization, clientId)
  if (secret !== undefined) return { proof: 'secret', name: clientId ?? '', secret }
  if (assertion === undefined) throw callerUnknown('The request does not say who calls.')
  if (form.get('client_assertion_type') !== assertionType) throw malformed(`client_assertion_type is ${assertionType}.`)
  return ofAssertion(assertion, clientId)
}

/**
 * The caller that a request is from, if it proves what it says.
 *
 * @throws {@link Refusal} 401 `invalid_client`; 503 where that cannot be told now.
 */
export async function callerOf(claim: Claim, context: AssertionContext): Promise<Caller> {
  switch (claim.proof) {
    case 'secret': {
      const caller = bySecret(claim.name, claim.secret, context)
      await context.admit(caller)
      return caller
    }
    case 'assertion':
      return await callerOfAssertion(claim.assertion, claim.name, context)
  }
}

function ofHeader(authorization: string, clientId: string | undefined): Claim {
  const { scheme, value = '' } = credentialsForm.exec(authorization)?.groups ?? {}
  switch (scheme?.toLowerCase()) {
    case 'basic': {
      const { name, secret } = decodeBasic(value)
      if (clientId !== undefined && clientId !== name) throw malformed('client_id and the header name two callers.')
      return { proof: 'secret', name, secret }
    }
    // A request that is no form has room for an assertion here.
    case 'bearer':
      return ofAssertion(value, clientId)
    default:
      throw callerUnknown('The Authorization header is neither Basic nor Bearer with an assertion.')
  }
}

function ofAssertion(assertion: string, clientId: string | undefined): Claim {
  const name = issuerOfAssertion(assertion)
  if (clientId !== undefined && clientId !== name) throw callerUnknown('client_id and the assertion name two callers.')
  return { proof: 'assertion', name, assertion }
}

// RFC 6749 §2.3.1: both halves are encoded as in a form, then joined.
function decodeBasic(value: string): { name: string; secret: string } {
  const text = Buffer.from(value, 'base64').toString('utf8')
  const colon = text.indexOf(':')
  try {
    if (colon !== -1) return { name: formDecoded(text.slice(0, colon)), secret: formDecoded(text.slice(colon + 1)) }
  } catch {
    // A percent sign that encodes nothing.
  }
  throw callerUnknown('The Authorization header cannot be read.')
}

function formDecoded(text: string): string {
  return /[%+]/.test(text) ? decodeURIComponent(text.replaceAll('+', ' ')) : text
}

// Takes as long for a caller that there is not, and for a wrong secret.
function bySecret(name: string, secret: string, { callers }: AssertionContext): Caller {
  const caller = callers.get(name)
  const digest = digestOf(secret)
  const digests = caller?.secretDigests.length ? caller.secretDigests : [nobody]
  let isRight = false
  for (const known of digests) if (timingSafeEqual(known, digest)) isRight = true
  if (caller === undefined || !isRight) throw callerUnknown('There is no caller with this name and secret.')
  return caller
}
