import { setTimeout as sleepFor } from 'node:timers/promises'
import { cancelled } from './errors.js'

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
