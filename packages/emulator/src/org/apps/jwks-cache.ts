import type { JWK } from 'jose'
import type { JwksCacheSetting } from '../../config/options.js'
import { fetchJwks } from '../../keys/jwks-uri.js'
import type { Clock } from '../clock.js'

const DEFAULT_MAX_AGE_SECONDS = 12 * 60 * 60

type Setting = Readonly<ReturnType<typeof withDefaults>>

/** A key set as it was fetched. */
export interface FetchedKeys {
  readonly keys: readonly JWK[]
  readonly fetchedAt: Date
}

/**
 * The key sets that were fetched from `jwks_uri`, by URL. Okta documents neither how long it caches a set nor whether an
 * unknown `kid` refreshes it, so both are inferred, and can be changed. Age is measured by the clock of the org.
 */
export class JwksCache {
  readonly #clock: Clock
  readonly #sets = new Map<string, FetchedKeys>()
  #setting: Setting

  constructor(clock: Clock, setting?: JwksCacheSetting) {
    this.#clock = clock
    this.#setting = withDefaults(setting)
  }

  get setting(): Setting {
    return this.#setting
  }

  /** Changes the setting. Without one, restores the defaults. Key sets stay cached. */
  set(setting?: JwksCacheSetting): void {
    this.#setting = withDefaults(setting)
  }

  /**
   * Returns the key set at a URL, from the cache while it is fresh.
   *
   * @param kid the key that is needed
   * @throws {Error} when the set cannot be fetched
   */
  async keysAt(url: string, kid: string | undefined): Promise<readonly JWK[]> {
    const cached = this.#sets.get(url)
    if (cached !== undefined && this.#isFresh(cached) && !this.#needsRefresh(cached, kid)) return cached.keys
    const keys = await fetchJwks(url)
    this.#sets.set(url, { keys, fetchedAt: new Date(this.#clock.now()) })
    return keys
  }

  /** Returns the cached set of a URL, fresh or not. */
  find(url: string): FetchedKeys | undefined {
    return this.#sets.get(url)
  }

  clear(): void {
    this.#sets.clear()
  }

  #isFresh({ fetchedAt }: FetchedKeys): boolean {
    return this.#clock.now() - fetchedAt.getTime() < this.#setting.maxAgeSeconds * 1000
  }

  #needsRefresh({ keys }: FetchedKeys, kid: string | undefined): boolean {
    return this.#setting.refreshOnUnknownKid && kid !== undefined && !keys.some(key => key.kid === kid)
  }
}

function withDefaults({ maxAgeSeconds = DEFAULT_MAX_AGE_SECONDS, refreshOnUnknownKid = false }: JwksCacheSetting = {}) {
  return { maxAgeSeconds, refreshOnUnknownKid }
}
