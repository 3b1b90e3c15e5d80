import type { ConnectOptions } from './connect-options.js'
import { clientIdMissing } from './option-values.js'
import { clientNameMissing } from './parse-broker-options.js'
import { tenantMissing } from './tenant.js'

/**
 * Checks that options have what every connection needs: a tenant, and a client ID, an API token or an access token; or a broker
 * and a client ID.
 *
 * @throws {@link OktaConnectError} `options_invalid` for the first one that is missing
 * @example
 * const session = await connect(requireConnectOptions(await connectOptionsOf(await readSettings())))
 */
export function requireConnectOptions(options: Partial<ConnectOptions>): ConnectOptions {
  if ('broker' in options && options.broker !== undefined) {
    if (options.clientId === undefined) throw clientNameMissing()
    return { ...options, broker: options.broker, clientId: options.clientId }
  }
  const { tenant } = options
  if (tenant === undefined) throw tenantMissing()
  if ('accessToken' in options && options.accessToken !== undefined) {
    return { ...options, tenant, accessToken: options.accessToken }
  }
  if ('apiToken' in options && options.apiToken !== undefined) return { ...options, tenant, apiToken: options.apiToken }
  if (!('clientId' in options) || options.clientId === undefined) throw clientIdMissing()
  return { ...options, tenant, clientId: options.clientId }
}
