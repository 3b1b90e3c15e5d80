import { parseBroker } from '../config/broker.js'
import type { BrokerOptions, ConnectOptions } from '../config/connect-options.js'
import { requireConnectOptions } from '../config/require-connect-options.js'
import { connect } from '../connect.js'
import type { Deps } from '../deps.js'
import { isOktaConnectError } from '../errors.js'
import { createMemoryStore } from '../stores/memory-store.js'
import { type Finding, failureOf, ok, skipped } from './finding.js'

/**
 * Checks a broker, and whether it accepts the client. The token that it gets is not revoked: other clients of the broker may share
 * it.
 */
export async function* checkBroker(options: Partial<BrokerOptions>, deps: Deps): AsyncGenerator<Finding> {
  try {
    yield ok('tenant', `The broker is ${parseBroker(options.broker ?? '').origin}.`)
  } catch (error) {
    return yield failureOf('tenant', error)
  }
  yield options.clientId === undefined
    ? skipped('app', 'There is no client id.')
    : await checkClient(requireConnectOptions(options), deps)
}

async function checkClient(options: ConnectOptions, deps: Deps): Promise<Finding> {
  try {
    const session = await connect(options, { ...deps, store: createMemoryStore(), notify: () => {} })
    const scopes = await session.token().then(
      token => token.scopes,
      error => (isOktaConnectError(error) && error.code === 'grant_rejected' ? undefined : Promise.reject(error)),
    )
    return scopes === undefined
      ? ok('app', `The broker sends the requests of the client ${session.clientId} to ${session.orgUrl.host}.`)
      : ok('app', `The client ${session.clientId} gets tokens of ${session.orgUrl.host} for ${scopes.join(' ')}.`)
  } catch (error) {
    if (isOktaConnectError(error) && error.code === 'cancelled') throw error
    return failureOf('app', error)
  }
}
