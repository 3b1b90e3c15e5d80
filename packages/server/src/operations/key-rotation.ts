import { isOktaConnectError } from '@connect-okta/core'
import type { ManagedKeyInfo, ManagedKeyState, ManagedKeys } from '@connect-okta/core/keys'
import type { Logger } from 'pino'
import type { BrokerConfig } from '../config/broker-config.js'
import { forConnection } from '../config/connection-error.js'
import type { Connections } from '../connections/connections.js'
import type { Upstream } from '../connections/upstream.js'

// As often as the core tries a replaced key again.
const retryMs = 5 * 60_000

interface Clocks {
  now(): number
  monotonicNow(): number
}

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
 * Returns a function that replaces the keys of the connections if it is time, and requests a token with a new key, until Okta has
 * accepted it. It never rejects: what happened is logged.
 *
 * @param config names the address at which the keys are published.
 */
export function createKeyRotation(
  connections: Connections,
  { issuer }: Pick<BrokerConfig, 'issuer'>,
  log: Logger,
  { now, monotonicNow }: Clocks,
) {
  const newest = new Map<string, string>()
  const reported = new Map<string, string>()
  const attempts = new Map<string, { readonly kid: string; readonly at: number }>()

  function report(connection: string, { keys }: ManagedKeyState): void {
    const [key] = keys
    reported.delete(connection)
    if (key === undefined || key.kid === newest.get(connection)) return
    const isFirst = !newest.has(connection)
    newest.set(connection, key.kid)
    const details = { connection, kid: key.kid, usableFrom: key.usableFrom, url: issuer + keysPath(connection) }
    if (keys.length === 1 && key.acceptedAt === undefined) {
      log.info(details, 'created the first key of a connection: Okta has to fetch it from `url`')
    } else {
      log.info(details, isFirst ? 'publishes the keys of a connection' : 'published a new key of a connection')
    }
  }

  function isDue(connection: string, { kid, acceptedAt, rejectedAt, isTriedFirst }: ManagedKeyInfo): boolean {
    if (acceptedAt !== undefined || !isTriedFirst) return false
    if (rejectedAt !== undefined && now() - rejectedAt.getTime() < retryMs) return false
    const attempt = attempts.get(connection)
    return attempt?.kid !== kid || monotonicNow() - attempt.at >= retryMs
  }

  // A token from memory, or from the store, would not show whether Okta accepts the key, and the key before it would stay published.
  async function tryNewest(upstream: Upstream, managedKeys: ManagedKeys, { keys: [key] }: ManagedKeyState) {
    const { name: connection } = upstream
    if (key === undefined || !isDue(connection, key)) return
    attempts.set(connection, { kid: key.kid, at: monotonicNow() })
    const error = await upstream.renewToken().then(
      () => undefined,
      (error: unknown) => error,
    )
    const { keys } = await managedKeys.state()
    const details = { connection, kid: key.kid, url: issuer + keysPath(connection) }
    if (keys.some(one => one.kid === key.kid && one.acceptedAt !== undefined)) {
      log.info(details, 'Okta has accepted the newest key of a connection')
    } else {
      const reason = error === undefined ? undefined : (error as Error).message
      log.warn({ ...details, reason }, 'Okta has not accepted the newest key of a connection yet')
    }
  }

  return async (): Promise<void> => {
    for (const upstream of connections.all) {
      const { name, managedKeys } = upstream
      if (managedKeys === undefined) continue
      try {
        const state = await managedKeys.rotateIfDue()
        report(name, state)
        await tryNewest(upstream, managedKeys, state)
      } catch (error) {
        const { message, hint } = isOktaConnectError(error) ? error : { message: String(error), hint: undefined }
        if (reported.get(name) !== message)
          log.error({ connection: name, reason: message, hint }, 'the key of a connection cannot be replaced')
        reported.set(name, message)
      }
    }
  }
}
