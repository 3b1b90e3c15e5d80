import { createHash } from 'node:crypto'
import type { Deps } from '@connect-okta/core'
import type { ConnectionConfig } from '../config/broker-config.js'
import { configInvalid } from '../config/config-file.js'
import type { SharedState } from '../state/shared-state.js'
import { Upstream } from './upstream.js'

interface Entry {
  readonly upstream: Upstream
  readonly digest: string
  change: string | undefined
  lookedAt: number
}

const changeLifeMs = 2 * 60 * 60_000
const lookEveryMs = 1_000

/** What all connections need of the world. */
export interface ConnectionsDeps extends Partial<Deps> {
  readonly state: SharedState
  now(): number
}

/** The connections of a broker, by name. */
export class Connections {
  readonly #entries: ReadonlyMap<string, Entry>
  readonly #deps: ConnectionsDeps

  private constructor(entries: ReadonlyMap<string, Entry>, deps: ConnectionsDeps) {
    this.#entries = entries
    this.#deps = deps
  }

  /**
   * Opens them; those that are as they were go on with the tokens that they have.
   *
   * @throws {@link OktaConnectError} `options_invalid`, `private_key_invalid`
   */
  static async open(
    configs: readonly ConnectionConfig[],
    deps: ConnectionsDeps,
    before?: Connections,
  ): Promise<Connections> {
    const { state: _shared, ...ofCore } = deps
    const entries = new Map<string, Entry>()
    for (const config of configs) {
      const digest = createHash('sha256').update(JSON.stringify(config)).digest('hex')
      const old = before === undefined ? undefined : before.#entries.get(config.name)
      const upstream = old?.digest === digest ? old.upstream : await Upstream.open(config, ofCore)
      if (upstream.isPersonal && config.signIn.length === 0) {
        throw configInvalid(`connections.${config.name}: nobody may sign in: list user names under signIn.`)
      }
      entries.set(config.name, { upstream, digest, change: old?.change, lookedAt: 0 })
    }
    return new Connections(entries, deps)
  }

  get all(): readonly Upstream[] {
    return [...this.#entries.values()].map(({ upstream }) => upstream)
  }

  get(name: string): Upstream | undefined {
    const entry = this.#entries.get(name)
    if (entry === undefined) return undefined
    const now = this.#deps.now()
    if (now - entry.lookedAt > lookEveryMs) {
      entry.lookedAt = now
      // Nobody waits for it: a token that has ended elsewhere is handed out for a second longer at most.
      this.#look(name, entry).catch(() => {})
    }
    return entry.upstream
  }

  /** Tells all processes that somebody has signed in or out. */
  async tellChange(name: string): Promise<void> {
    const entry = this.#entries.get(name)
    if (entry === undefined) return
    await entry.upstream.reopen()
    entry.change = crypto.randomUUID()
    await this.#deps.state.set(`change:${name}`, entry.change, changeLifeMs)
  }

  async #look(name: string, entry: Entry): Promise<void> {
    const change = await this.#deps.state.get(`change:${name}`)
    if (change === undefined || change === entry.change) return
    entry.change = change
    await entry.upstream.reopen()
  }
}
