import type { Attempt } from '../../config/connection.js'
import { cancelled, isOktaConnectError, type OktaConnectError } from '../../errors.js'
import { withEitherSignal } from '../../http/abort.js'

/**
 * Runs a sign-in for a limited time.
 *
 * @param timedOut creates the error for the end of the time.
 * @param use gets a signal that fires at the end of the time, or when the caller cancels the attempt.
 * @throws {@link OktaConnectError} `cancelled`, the error of `timedOut`, and what `use` throws
 */
export async function withDeadline<T>(
  { signal }: Attempt,
  timeoutMs: number,
  timedOut: () => OktaConnectError,
  use: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  if (signal?.aborted) throw cancelled(signal.reason)
  const deadline = AbortSignal.timeout(timeoutMs)
  try {
    return await withEitherSignal(deadline, signal, use)
  } catch (error) {
    const isTimeout = deadline.aborted && !signal?.aborted && isOktaConnectError(error) && error.code === 'cancelled'
    throw isTimeout ? timedOut() : error
  }
}
