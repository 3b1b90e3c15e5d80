import { readJson } from '../../http/body/read-json.js'
import { ApiError } from '../../http/errors/errors.js'
import type { Exchange } from '../../http/exchange.js'
import { type Parameter, queryValue } from '../table/parameters.js'
import { factorJson } from './factor-json.js'
import { requestedUser } from './requested-factor.js'

const DEFAULT_LIFETIME_SECONDS = 300
const MAX_LIFETIME_SECONDS = 86_400

/** The providers of the other factor types (`UserFactorType` and `UserFactorProvider` of Okta's OpenAPI file). */
const OTHER_FACTORS: Readonly<Record<string, readonly string[]>> = {
  call: ['OKTA'],
  email: ['OKTA'],
  push: ['OKTA'],
  question: ['OKTA'],
  sms: ['OKTA'],
  'token:hardware': ['YUBICO'],
  'token:hotp': ['CUSTOM'],
  'token:software:totp': ['OKTA', 'GOOGLE'],
  token: ['RSA', 'SYMANTEC'],
  u2f: ['FIDO'],
  web: ['DUO'],
}

/** How long the challenge of an enrollment is valid. */
export const tokenLifetimeSeconds: Parameter<number> = {
  name: 'tokenLifetimeSeconds',
  support: 'implemented',
  description: 'How long the enrollment can be activated, 1 to 86400. Default: 300.',
  invalid: '0',
  parse(value) {
    if (value === undefined) return DEFAULT_LIFETIME_SECONDS
    const seconds = Number(value)
    if (/^\d+$/.test(value) && seconds >= 1 && seconds <= MAX_LIFETIME_SECONDS) return seconds
    // The cause is the text of the former page reference/api/factors. The name in the summary is inferred.
    throw validationError(
      'tokenLifetimeSeconds',
      'tokenLifetimeSeconds should be in the range of 1 to 86400 inclusive.',
    )
  },
}

/** `POST /api/v1/users/{userId}/factors`: enrolls a passkey. */
export function enrollFactor(exchange: Exchange): void {
  const { org, ctx } = exchange
  const user = requestedUser(exchange)
  requireWebauthn(readJson(exchange))
  const lifetime = queryValue(exchange, tokenLifetimeSeconds)
  ctx.body = factorJson(org, user, org.factors.enroll(user.id, lifetime))
}

/** The policy of the org allows only passkeys. */
function requireWebauthn({ factorType, provider }: Readonly<Record<string, unknown>>): void {
  if (factorType === 'webauthn' && provider === 'FIDO') return
  const isOther = typeof factorType === 'string' && OTHER_FACTORS[factorType]?.includes(String(provider))
  // The causes: okta-sdk-java#496; devforum.okta.com, "Api validation failed: factorActivationRequest".
  throw validationError(
    'factorEnrollRequest',
    isOther ? 'Factor not allowed for the user based on the Multifactor policy.' : 'Invalid Factor',
  )
}

function validationError(subject: string, cause: string): ApiError {
  return new ApiError('E0000001', `Api validation failed: ${subject}`, { causes: [cause] })
}
