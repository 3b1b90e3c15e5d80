import type { AppContext } from '../app-env.js'
import { clientAddressFinder } from '../http/client-address.js'
import { HttpError } from '../http/http-error.js'
import { networkOf } from '../http/networks.js'
import type { RouteDeps } from '../route-deps.js'
import { StateUnavailable } from '../state/shared-state.js'

const windowMs = 60_000
const maxPerNetwork = 100

/**
 * Limits the steps of sign-ins for each network: anyone can request them, and each may send a request to Okta, which counts
 * against the rate limits of the org.
 */
export function limitSignIns({ config, state }: RouteDeps): (c: AppContext) => Promise<void> {
  const addressOf = clientAddressFinder(config)
  return async c => {
    const client = addressOf(c)
    if (client === undefined) return
    const { hits, resetsInMs } = await state.count(`sign-in:${networkOf(client.address)}`, windowMs).catch(uncounted)
    if (hits <= maxPerNetwork) return
    throw new HttpError(429, 'temporarily_unavailable', 'Too many sign-ins from this address. Try again in a minute.', {
      headers: { 'retry-after': String(Math.max(1, Math.ceil(resetsInMs / 1000))) },
    })
  }
}

function uncounted(error: unknown) {
  if (error instanceof StateUnavailable) return { hits: 0, resetsInMs: 0 }
  throw error
}
