import { setTimeout as sleepFor } from 'node:timers/promises'
import { cancelled } from '../errors.js'

/**
 * Waits for a promise, or until the caller gives up. The promise itself goes on.
 *
 * @throws {@link OktaConnectError} `cancelled` once the signal has fired.
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
 * Sleeps, unless the caller gives up.
 *
 * @throws {@link OktaConnectError} `cancelled` once the signal has fired.
 */
export async function sleep(ms: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    await sleepFor(ms, undefined, signal === undefined ? {} : { signal })
  } catch (error) {
    throw cancelled(error)
  }
}

/**
 * Runs something that is to give up as soon as one of two signals fires. Afterwards neither knows of it: a session's own
 * lives for months, and `AbortSignal.any` would leave something with it at each call.
 */
export async function withEither<T>(
  one: AbortSignal,
  other: AbortSignal | undefined,
  use: (either: AbortSignal) => Promise<T>,
): Promise<T> {
  if (other === undefined) return await use(one)
  const either = new AbortController()
  const ends = [one, other].map(signal => ({ signal, end: () => either.abort(signal.reason) }))
  for (const { signal, end } of ends) {
    if (signal.aborted) end()
    else signal.addEventListener('abort', end, { once: true })
  }
  try {
    return await use(either.signal)
  } finally {
    for (const { signal, end } of ends) signal.removeEventListener('abort', end)
  }
}
