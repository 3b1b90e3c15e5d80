import { createHash } from 'node:crypto'
import { InvalidAssertionError, unavailable } from '../http/http-error.js'
import { type Once, type SharedState, StateUnavailable } from '../state/shared-state.js'

/** The tolerated difference between the clocks of the issuer and of the broker. */
export const toleranceSeconds = 30
export const toleranceMs = toleranceSeconds * 1000

/** The use of an assertion. Times in milliseconds since 1970. */
export interface AssertionUse {
  /** Its client, or its issuer. */
  readonly owner: string
  /** Its `jti`. */
  readonly id: string
  readonly expiresAtMs: number
  readonly issuedAtMs: number | undefined
}

/**
 * Records the use of an assertion. Each is accepted once, by all processes together.
 *
 * @param maxLifetimeMs the maximum lifetime of assertions.
 * @throws {@link HttpError} 401 `invalid_client`; 503 when it is not known whether it was used before.
 * @see RFC 7523 §3
 */
export async function requireFirstUse(
  { owner, id, expiresAtMs, issuedAtMs }: AssertionUse,
  maxLifetimeMs: number,
  state: SharedState,
  now: number,
): Promise<void> {
  // RFC 7523 §3: the jti is stored for as long as the assertion is valid. RFC 7519 §2: times may have fractions of a second.
  const lifeMs = Math.ceil(expiresAtMs - now) + 2 * toleranceMs
  const used = createHash('sha256').update(`${owner}\n${id}`).digest('base64url')
  const { isFirst, since } = await recordUse(state, owner, used, lifeMs)
  if (!isFirst) throw new InvalidAssertionError('The assertion was used before. Send a new one with each request.')
  requireNotUsedBefore(since, { expiresAtMs, issuedAtMs }, maxLifetimeMs)
}

async function recordUse(state: SharedState, owner: string, used: string, lifeMs: number): Promise<Once> {
  try {
    return await state.addOnce(owner, used, lifeMs)
  } catch (error) {
    if (error instanceof StateUnavailable) throw unavailable('It cannot be determined whether the assertion was used.')
    throw error
  }
}

// A Redis that was restarted or emptied, and a process, have lost which assertions were used before. One that expires later than the
// maximum lifetime after that would have been rejected before.
function requireNotUsedBefore(
  since: number,
  { expiresAtMs, issuedAtMs }: Pick<AssertionUse, 'expiresAtMs' | 'issuedAtMs'>,
  maxLifetimeMs: number,
): void {
  const isNewer = issuedAtMs === undefined ? expiresAtMs > since + maxLifetimeMs + toleranceMs : issuedAtMs >= since
  if (isNewer) return
  const rule = issuedAtMs === undefined ? 'Send one with an iat claim.' : 'Send another one.'
  throw unavailable(`The assertion is older than the record of used assertions. ${rule}`)
}
