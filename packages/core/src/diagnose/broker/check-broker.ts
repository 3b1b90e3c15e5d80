import { parseBroker } from '../../config/broker.js'
import type { BrokerOptions } from '../../config/connect-options.js'
import type { Deps } from '../../deps.js'
import type { Environment } from '../../environment.js'
import { quoted } from '../../safe-text.js'
import { reach } from '../check-network.js'
import { type Finding, failure, failureOf, ok } from '../finding.js'
import { checkClient } from './check-client.js'
import { checkReadiness } from './check-readiness.js'

/** Options that name at least the broker. */
export type IncompleteBrokerOptions = Partial<BrokerOptions> & Pick<BrokerOptions, 'broker'>

/** Checks a broker: its address, the network, its metadata, the client and its credential, its readiness and its keys. */
export async function* checkBroker(
  options: IncompleteBrokerOptions,
  deps: Deps,
  { variables }: Environment,
): AsyncGenerator<Finding> {
  let broker: URL
  try {
    broker = parseBroker(options.broker)
    yield ok('broker', `The broker is ${broker.origin}.`)
  } catch (error) {
    return yield failureOf('broker', error)
  }
  const url = new URL('/.well-known/oauth-authorization-server', broker)
  const response = yield* reach({ url, kind: 'broker', check: 'metadata' }, variables, deps, options.signal)
  if (response === undefined) return
  const metadata = await metadataFinding(response, broker)
  yield metadata
  if (metadata.outcome !== 'ok') return
  yield* checkClient({ ...options, broker }, deps)
  yield* checkReadiness(broker, deps, options.signal)
}

// RFC 8414 §3.3: the issuer has to be the one that the URL was made from.
async function metadataFinding(response: Response, { origin, host }: URL): Promise<Finding> {
  const body: unknown = response.ok ? await response.json().catch(() => undefined) : undefined
  const { issuer } = Object(body) as { readonly issuer?: unknown }
  if (issuer === origin) return ok('metadata', `The metadata of ${host} is valid.`)
  if (typeof issuer === 'string') {
    return failure(
      'metadata',
      `The broker at ${origin} has a different issuer: ${quoted(issuer)}.`,
      'Use its issuer as the address. Or set issuer in the configuration of the broker to the address that clients use.',
    )
  }
  return failure(
    'metadata',
    `The response from ${host} is not from a broker (HTTP ${response.status}).`,
    'Check the address, and whether a proxy or a sign-in page of the network responds in place of the broker.',
  )
}
