import { isOktaConnectError } from '../errors.js'
import type { Notify } from '../notice.js'
import { sleep } from './abort.js'

/** How often a request may be repeated where the server is busy or at fault, and in what time. */
export interface Patience {
  /** The most requests, the first among them. */
  readonly tries: number
  /** The most time between the first request and the last, in milliseconds. */
  readonly withinMs: number
  /** Whether to repeat a request whose answer was lost on the way. */
  readonly repeatsLost: boolean
}

/** What waiting takes. */
interface RetryContext {
  /** Measures intervals, in milliseconds. */
  readonly monotonicNow: () => number
  readonly notify: Notify
  /** Ends the waiting. */
  readonly signal: AbortSignal | undefined
}

const firstFaultWaitMs = 500
const mostJitterMs = 500

/**
 * Sends a request, and sends it again where the server is busy (429) or at fault (5xx), as far as patience goes.
 *
 * @param send makes the request anew each time: an assertion works once.
 * @returns the last answer, whatever it is.
 * @throws {@link OktaConnectError} `cancelled`, and what `send` throws.
 */
export async function patiently(
  patience: Patience,
  send: () => Promise<Response>,
  { monotonicNow, notify, signal }: RetryContext,
): Promise<Response> {
  const startedAt = monotonicNow()
  for (let tries = 1; ; tries++) {
    const outcome = await send().catch((error: unknown) => ({ error }))
    const waitMs = 'error' in outcome ? waitAfterLoss(outcome.error, patience) : waitAfter(outcome, tries)
    const isInTime = waitMs !== undefined && monotonicNow() + waitMs - startedAt <= patience.withinMs
    const isWorthIt = isInTime && tries < patience.tries
    if (isWorthIt) {
      notify({
        code: 'retrying',
        message: `Okta is busy or out of reach. Trying again in ${Math.ceil(waitMs / 1000)} s.`,
      })
      await sleep(waitMs, signal)
    } else if ('error' in outcome) {
      throw outcome.error
    } else {
      return outcome
    }
  }
}

function waitAfterLoss(error: unknown, { repeatsLost }: Patience): number | undefined {
  return repeatsLost && isOktaConnectError(error) && error.code === 'network_failed' ? 0 : undefined
}

function waitAfter(response: Response, tries: number): number | undefined {
  // So that all who were turned away together do not come back together.
  const jitterMs = Math.random() * mostJitterMs
  if (response.status === 429) return untilReset(response) + jitterMs
  if (response.status < 500) return undefined
  const retryAfterSeconds = Number(response.headers.get('retry-after') ?? Number.NaN)
  if (retryAfterSeconds >= 0) return retryAfterSeconds * 1000 + jitterMs
  return firstFaultWaitMs * 2 ** (tries - 1) + jitterMs
}

/**
 * How long until Okta's rate limit lets somebody in again, in milliseconds, at least a second. Okta says when the bucket
 * fills, in epoch seconds on its own clock; the header may come twice.
 *
 * @see https://developer.okta.com/docs/reference/rl-best-practices/
 */
export function untilReset(response: Response): number {
  const reset = Number(response.headers.get('x-rate-limit-reset')?.split(',')[0]) * 1000
  const now = Date.parse(response.headers.get('date') ?? '')
  return Number.isFinite(reset - now) ? Math.max(1000, reset - now) : 1000
}
