import { cancelled } from '../errors.js'

/**
 * Waits for a promise until a signal fires. The work behind the promise is not interrupted.
 *
 * @throws {@link OktaConnectError} `cancelled` when the signal fires
 */
export async function orAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise
  return await new Promise<T>((resolve, reject) => {
    const onAbort = () => reject(cancelled(signal.reason))
    if (signal.aborted) onAbort()
    else signal.addEventListener('abort', onAbort, { once: true })
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort))
  })
}

/**
 * Sleeps.
 *
 * @throws {@link OktaConnectError} `cancelled` when the signal fires
 */
export async function sleep(ms: number, signal: AbortSignal | undefined): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const end = new Promise<void>(resolve => {
    timer = setTimeout(resolve, ms)
  })
  await orAborted(end, signal).finally(() => clearTimeout(timer))
}

/**
 * Runs `use` with a signal that fires when one of two signals does. Afterwards neither references it: `AbortSignal.any` would
 * leave an entry at each call, and the signal of a session lives for months.
 */
export async function withEitherSignal<T>(
  one: AbortSignal,
  other: AbortSignal | undefined,
  use: (either: AbortSignal) => Promise<T>,
): Promise<T> {
  if (other === undefined) return await use(one)
  const either = new AbortController()
  const sources = [one, other].map(signal => ({ signal, abort: () => either.abort(signal.reason) }))
  for (const { signal, abort } of sources) {
    if (signal.aborted) abort()
    else signal.addEventListener('abort', abort, { once: true })
  }
  try {
    return await use(either.signal)
  } finally {
    for (const { signal, abort } of sources) signal.removeEventListener('abort', abort)
  }
}
