import { isOktaConnectError } from '../errors.js'
import type { Notify } from '../notice.js'
import { sleep } from './abort.js'
import { isReset } from './network-error.js'

/** How often a request may be repeated after a 429, a 5xx or a network error. */
export interface RetryPolicy {
  /** The maximum number of requests, the first one included. */
  readonly maxAttempts: number
  /** The maximum time from the first request to the last one, in milliseconds. */
  readonly maxDurationMs: number
  /**
   * Which requests without a response to repeat; the server may have processed them. `reset`: once, if the connection was closed,
   * as by a server that ends an idle one.
   */
  readonly retriesNetworkErrors: boolean | 'reset'
}

interface RetryContext {
  /** Measures intervals, in milliseconds. */
  readonly monotonicNow: () => number
  readonly notify: Notify
  /** The server, for notices. */
  readonly server: string
  /** Ends the wait. */
  readonly signal: AbortSignal | undefined
}

const firstServerErrorWaitMs = 500
const maxJitterMs = 500

/**
 * Sends a request, and repeats it after a 429 or a 5xx as the policy allows.
 *
 * @param send creates a new request each time: a client assertion works once.
 * @returns the last response, whatever its status.
 * @throws {@link OktaConnectError} `cancelled`, and what `send` throws
 */
export async function withRetries(
  policy: RetryPolicy,
  send: () => Promise<Response>,
  { monotonicNow, notify, server, signal }: RetryContext,
): Promise<Response> {
  const startedAt = monotonicNow()
  for (let attempts = 1; ; attempts++) {
    const outcome = await send().catch((error: unknown) => ({ error }))
    if ('error' in outcome && attempts === 1 && policy.retriesNetworkErrors === 'reset' && isReset(outcome.error))
      continue
    const waitMs = 'error' in outcome ? waitAfterError(outcome.error, policy) : waitAfterResponse(outcome, attempts)
    const isInTime = waitMs !== undefined && monotonicNow() + waitMs - startedAt <= policy.maxDurationMs
    if (isInTime && attempts < policy.maxAttempts) {
      notify({
        code: 'retrying',
        message: `${server} is busy or cannot be reached. Trying again in ${Math.ceil(waitMs / 1000)} s.`,
      })
      await sleep(waitMs, signal)
    } else if ('error' in outcome) {
      throw outcome.error
    } else {
      return outcome
    }
  }
}

function waitAfterError(error: unknown, { retriesNetworkErrors }: RetryPolicy): number | undefined {
  return retriesNetworkErrors === true && isOktaConnectError(error) && error.code === 'network_failed' ? 0 : undefined
}

function waitAfterResponse(response: Response, attempts: number): number | undefined {
  // Clients that were rejected at the same time do not all return at the same time.
  const jitterMs = Math.random() * maxJitterMs
  if (response.status === 429) return msUntilReset(response) + jitterMs
  if (response.status < 500) return undefined
  const retryAfterMs = msOfRetryAfter(response)
  if (retryAfterMs !== undefined) return retryAfterMs + jitterMs
  return firstServerErrorWaitMs * 2 ** (attempts - 1) + jitterMs
}

// Seconds, or a date by the clock of the server (RFC 9110 §10.2.3).
function msOfRetryAfter({ headers }: Response): number | undefined {
  const text = headers.get('retry-after') ?? ''
  if (/^\d+$/.test(text)) return Number(text) * 1000
  const ms = Date.parse(text) - Date.parse(headers.get('date') ?? '')
  return Number.isNaN(ms) ? undefined : Math.max(0, ms)
}

/**
 * Returns how long until Okta's rate limit is reset, in milliseconds, at least 1,000. The header holds epoch seconds by
 * Okta's clock, and may occur twice.
 *
 * @see https://developer.okta.com/docs/reference/rl-best-practices/
 */
export function msUntilReset(response: Response): number {
  const reset = Number(response.headers.get('x-rate-limit-reset')?.split(',')[0]) * 1000
  const now = Date.parse(response.headers.get('date') ?? '')
  // A gateway before Okta has limits of its own.
  return Number.isFinite(reset - now) ? Math.max(1000, reset - now) : Math.max(1000, msOfRetryAfter(response) ?? 0)
}
