import { readJson } from '../../http/body/read-json.js'
import { ApiError } from '../../http/errors/errors.js'
import { logEvent, userAsEntity } from '../../http/events.js'
import type { Exchange } from '../../http/exchange.js'
import { rateLimitError } from '../../http/rate-limits/rate-limit-error.js'
import { factorEntity } from '../../log-events/log-entity.js'
import type { Factor } from '../../org/users/factors.js'
import { factorJson } from './factor-json.js'
import { requestedFactor } from './requested-factor.js'
import { verifyAttestation } from './verify-attestation.js'

const MAX_ATTEMPTS = 5
const WINDOW_MS = 5 * 60 * 1000

/** `POST /api/v1/users/{userId}/factors/{factorId}/lifecycle/activate`: verifies the new credential. */
export async function activateFactor(exchange: Exchange): Promise<void> {
  const { org, ctx } = exchange
  const { user, factor } = requestedFactor(exchange)
  const { attestation, clientData } = readJson(exchange)
  countAttempt(exchange, factor)
  const { challenge } = factor
  if (challenge === undefined || challenge.expiresAtMs <= org.clock.now()) throw invalidCredential()
  const credential = await verifyAttestation({ attestation, clientData, challenge: challenge.value, exchange })
  // A second request with the same attestation can be verified at the same time. See also WebAuthn §7.1, step 26.
  if (credential === undefined || factor.challenge !== challenge || org.factors.hasCredential(credential.id)) {
    throw invalidCredential()
  }
  org.factors.activate(factor, credential)
  const passkey = factorEntity({ id: factor.id, displayName: 'FIDO2 (WebAuthn)' })
  logEvent(exchange, 'user.mfa.factor.activate', { targets: [userAsEntity(user), passkey] })
  ctx.body = factorJson(org, user, factor)
}

/** Okta allows five attempts in five minutes (description of `activateFactor` in the OpenAPI file). That each factor has a limit of its own is inferred. */
function countAttempt(exchange: Exchange, factor: Factor): void {
  const now = exchange.org.clock.now()
  const recent = factor.attempts.filter(time => time > now - WINDOW_MS)
  const [oldest = now] = recent
  if (recent.length >= MAX_ATTEMPTS) {
    throw rateLimitError(exchange, {
      'x-rate-limit-limit': String(MAX_ATTEMPTS),
      'x-rate-limit-remaining': '0',
      'x-rate-limit-reset': String(Math.ceil((oldest + WINDOW_MS) / 1000)),
    })
  }
  factor.attempts = [...recent, now]
}

/**
 * The error for an invalid attestation, client data or challenge (reference/api/authn, "Activate WebAuthn Factor"). That it is
 * also the error for a factor that is active already is inferred.
 */
function invalidCredential(): ApiError {
  return new ApiError('E0000068', 'Invalid Passcode/Answer', {
    status: 403,
    causes: ["Your passcode doesn't match our records. Please try again."],
  })
}
