import type { Attempt } from '../../config/connection.js'
import { cancelled, isOktaConnectError, type OktaConnectError } from '../../errors.js'
import { withEither } from '../../http/abort.js'

/**
 * Gives a person so much time, and no more.
 *
 * @param use is told to give up by the signal: at the end of the time, or when the caller gives up.
 * @param timedOut the error for the end of the time, where the caller's own is `cancelled`.
 * @throws {@link OktaConnectError} `cancelled`, the error of `timedOut`, and what `use` throws.
 */
export async function withinTime<T>(
  { signal }: Attempt,
  timeoutMs: number,
  use: (giveUp: AbortSignal) => Promise<T>,
  timedOut: () => OktaConnectError,
): Promise<T> {
  if (signal?.aborted) throw cancelled(signal.reason)
  const deadline = AbortSignal.timeout(timeoutMs)
  try {
    return await withEither(deadline, signal, use)
  } catch (error) {
    // Ctrl+C ends as `cancelled`; the deadline is ours, and has a name of its own.
    const isDeadline = deadline.aborted && !signal?.aborted
    throw isDeadline && isOktaConnectError(error) && error.code === 'cancelled' ? timedOut() : error
  }
}
