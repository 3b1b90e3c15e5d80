import { isOktaConnectError } from '@connect-okta/core'
import type { ManagedKeysState } from '@connect-okta/core/keys'
import type { Logger } from 'pino'
import type { BrokerConfig } from '../config/broker-config.js'
import { forConnection } from '../config/connection-error.js'
import type { Connections } from '../connections/connections.js'

/** The path at which the keys of a connection are published. */
export function keysPath(connection: string): string {
  return `/connections/${connection}/jwks.json`
}

/**
 * Creates the keys that do not exist yet. While the store does not respond, that is left for later.
 *
 * @throws {@link OktaConnectError} `options_invalid` when nothing can encrypt them.
 */
export async function requireEncryptedKeys({ all }: Connections): Promise<void> {
  await Promise.all(
    all.map(async ({ name, managedKeys }) => {
      await forConnection(name, async () => {
        await managedKeys?.rotateIfDue().catch((error: unknown) => {
          if (isOktaConnectError(error) && error.code === 'options_invalid') throw error
        })
      })
    }),
  )
}

/**
 * Returns a function that replaces the keys of the connections if it is time. It never rejects: what happened is logged.
 *
 * @param config names the address at which the keys are published.
 */
export function createKeyRotation(connections: Connections, { issuer }: Pick<BrokerConfig, 'issuer'>, log: Logger) {
  const newest = new Map<string, string>()
  const reported = new Map<string, string>()

  function report(connection: string, { keys }: ManagedKeysState): void {
    const [key] = keys
    reported.delete(connection)
    if (key === undefined || key.kid === newest.get(connection)) return
    const isFirst = !newest.has(connection)
    newest.set(connection, key.kid)
    const details = { connection, kid: key.kid, usableFrom: key.usableFrom, url: issuer + keysPath(connection) }
    if (keys.length === 1 && key.acceptedAt === undefined) {
      log.info(details, 'created the first key of a connection: Okta has to fetch it from the url')
    } else {
      log.info(details, isFirst ? 'publishes the keys of a connection' : 'published a new key of a connection')
    }
  }

  return async (): Promise<void> => {
    for (const { name, managedKeys } of connections.all) {
      try {
        if (managedKeys !== undefined) report(name, await managedKeys.rotateIfDue())
      } catch (error) {
        const { message, hint } = isOktaConnectError(error) ? error : { message: String(error), hint: undefined }
        if (reported.get(name) !== message)
          log.error({ connection: name, reason: message, hint }, 'the key of a connection cannot be replaced')
        reported.set(name, message)
      }
    }
  }
}
