import type { ConnectOptions } from '../config/connect-options.js'
import { isHeadless } from '../config/is-headless.js'
import { parseOptions } from '../config/parse-options.js'
import { parseTenant } from '../config/tenant.js'
import { type Deps, withDefaults } from '../deps.js'
import { currentEnvironment, type Environment } from '../environment.js'
import { checkBroker, type IncompleteBrokerOptions } from './broker/check-broker.js'
import { checkApp } from './check-app.js'
import { checkAuthorizationServer, checkNetwork } from './check-network.js'
import { type Finding, failureOf, ok, skipped } from './finding.js'

/**
 * Checks everything that a connection needs: the tenant or the broker, the network, the app or the client, and this machine. It
 * changes nothing, and revokes a token that it gets from Okta.
 *
 * @param options the options of {@link connect}. Options that you omit are not checked.
 * @throws {@link OktaConnectError} only `cancelled`: a problem is a finding.
 * @example
 * for await (const { check, outcome, message, fix } of diagnose({ tenant: 'example.okta.com' })) {
 *   console.log(outcome, check, message, fix ?? '')
 * }
 */
export async function* diagnose(
  options: Partial<ConnectOptions>,
  deps?: Partial<Deps>,
  environment: Environment = currentEnvironment(),
): AsyncGenerator<Finding> {
  const all = withDefaults({ ...deps, environment: deps?.environment ?? environment })
  if (hasBroker(options)) yield* checkBroker(options, all, environment)
  else yield* checkOrg(options, all, environment)
  yield* checkMachine(options, all, environment)
}

function hasBroker(options: Partial<ConnectOptions>): options is IncompleteBrokerOptions {
  return 'broker' in options && options.broker !== undefined
}

async function* checkOrg(
  options: Partial<ConnectOptions>,
  deps: Deps,
  { variables }: Environment,
): AsyncGenerator<Finding> {
  const { tenant, signal } = options
  if (tenant === undefined) return yield skipped('tenant', 'No tenant is set.')
  let orgUrl: URL
  try {
    orgUrl = parseTenant(tenant)
    yield ok('tenant', `The org is ${orgUrl.origin}.`)
  } catch (error) {
    return yield failureOf('tenant', error)
  }
  const isReachable = yield* checkNetwork(orgUrl, variables, deps, signal)
  if (!isReachable) return
  const server = await checkAuthorizationServer(orgUrl, serverOf(options), deps, signal)
  yield server
  if (server.outcome === 'ok') yield await checkApp(options, deps)
}

async function* checkMachine(
  options: Partial<ConnectOptions>,
  deps: Deps,
  { variables }: Environment,
): AsyncGenerator<Finding> {
  // Loads an HTTP server, which most callers do not need.
  const { checkBrowser, checkCallbackPort, checkKeyring, checkStore } = await import('./check-machine.js')
  if (!isHeadless(options)) {
    yield await redirectUrisOf(options).then(checkCallbackPort, error => failureOf('callback_port', error))
    yield checkBrowser(variables)
  } else if (!hasBroker(options)) {
    yield skipped('callback_port', 'Not needed: no user signs in.')
    yield skipped('browser', 'A program without a user needs no browser.')
  }
  yield await checkKeyring()
  yield await checkStore(deps)
}

function serverOf(options: Partial<ConnectOptions>): string | undefined {
  return 'authorizationServer' in options ? options.authorizationServer : undefined
}

async function redirectUrisOf(options: Partial<ConnectOptions>): Promise<readonly string[]> {
  const redirectUri = 'redirectUri' in options ? options.redirectUri : undefined
  const given = { tenant: 'example.okta.com', clientId: 'any', ...(redirectUri !== undefined && { redirectUri }) }
  const { grantRequest } = (await parseOptions(given)).connection
  return grantRequest.type === 'authorization_code' ? grantRequest.redirectUris : []
}
