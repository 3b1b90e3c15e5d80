import { createHash } from 'node:crypto'
import type { ConnectionConfig } from '../config/broker-config.js'
import { configInvalid } from '../config/config-file.js'
import { forConnection } from '../config/connection-error.js'
import type { ConnectionsDeps } from './open-session.js'
import { Upstream } from './upstream.js'

interface Entry {
  readonly upstream: Upstream
  readonly digest: string
}

// The notices of a connection name it.
function named({ name }: ConnectionConfig, deps: ConnectionsDeps): ConnectionsDeps {
  const { notify } = deps
  if (notify === undefined) return deps
  return { ...deps, notify: notice => notify({ ...notice, message: `${name}: ${notice.message}` }) }
}

/** The connections of a broker, by name. */
export class Connections {
  readonly #entries: ReadonlyMap<string, Entry>

  private constructor(entries: ReadonlyMap<string, Entry>) {
    this.#entries = entries
  }

  /**
   * Opens the connections. Unchanged ones are taken from the previous set, with their tokens.
   *
   * @throws {@link OktaConnectError} `options_invalid`, `private_key_invalid`
   */
  static async open(
    configs: readonly ConnectionConfig[],
    deps: ConnectionsDeps,
    previous?: Connections,
  ): Promise<Connections> {
    const entries = new Map<string, Entry>()
    for (const config of configs) {
      const digest = createHash('sha256').update(JSON.stringify(config)).digest('hex')
      const old = previous === undefined ? undefined : previous.#entries.get(config.name)
      const upstream =
        old?.digest === digest
          ? old.upstream
          : await forConnection(config.name, () => Upstream.open(config, named(config, deps)))
      if (upstream.isUserConnection && config.signIn.length === 0) {
        throw configInvalid(`connections.${config.name}: signIn must list the users who sign in for this connection.`)
      }
      entries.set(config.name, { upstream, digest })
    }
    return new Connections(entries)
  }

  get all(): readonly Upstream[] {
    return [...this.#entries.values()].map(({ upstream }) => upstream)
  }

  get(name: string): Upstream | undefined {
    return this.#entries.get(name)?.upstream
  }
}
