import type { AppContext, World } from '../app-env.js'
import { clientAddressFinder } from '../http/client-address.js'
import { Refusal } from '../http/http-error.js'
import { networkOf } from '../http/networks.js'
import { StateUnavailable } from '../state/shared-state.js'

const windowMs = 60_000
const maxPerNetwork = 100

/**
 * Limits the steps of sign-ins from one network: anyone can take them, and each may send a request to Okta, which counts
 * against the limits of the org.
 */
export function signInLimit({ config, state }: World): (c: AppContext) => Promise<void> {
  const clientOf = clientAddressFinder(config)
  return async c => {
    const client = clientOf(c)
    if (client === undefined) return
    const { hits, resetsInMs } = await state.count(`sign-in:${networkOf(client.address)}`, windowMs).catch(ignored)
    if (hits <= maxPerNetwork) return
    throw new Refusal(429, 'temporarily_unavailable', 'Too many sign-ins from this address. Try again in a minute.', {
      'retry-after': String(Math.max(1, Math.ceil(resetsInMs / 1000))),
    })
  }
}

function ignored(error: unknown) {
  if (error instanceof StateUnavailable) return { hits: 0, resetsInMs: 0 }
  throw error
}
