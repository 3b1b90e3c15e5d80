import type { Attempt } from '../../config/connection.js'
import { OktaConnectError } from '../../errors.js'
import type { ClientKey } from '../../keys/client-key.js'
import type { ManagedKeys } from '../../keys/managed/managed-keys.js'
import { isKidRejection } from '../okta-rejections.js'

/** Chooses for each request which managed key signs it: the next one after Okta rejected the `kid` of the one before. */
export class KeyChoice {
  readonly #keys: ManagedKeys
  #candidates: readonly ClientKey[] | undefined
  #index = 0

  private constructor(keys: ManagedKeys) {
    this.#keys = keys
  }

  /** The choice for a client with managed keys; `undefined` for any other client. */
  static for({ authentication }: Attempt): KeyChoice | undefined {
    return authentication.method === 'managed_keys' ? new KeyChoice(authentication.keys) : undefined
  }

  /** Returns the key for the next request. */
  async current(): Promise<ClientKey> {
    this.#candidates ??= await this.#keys.candidates()
    const key = this.#candidates[this.#index]
    if (key !== undefined) return key
    throw new OktaConnectError('key_required', 'There is no managed key.', { hint: 'Try again.' })
  }

  /** Records whether a response accepts the key, and returns whether to repeat the request with another one. */
  async update(response: Response): Promise<'done' | 'retry'> {
    const keyId = this.#candidates?.[this.#index]?.keyId ?? ''
    if (response.ok) await this.#keys.report(keyId, 'accepted')
    if (!(await isAboutKid(response))) return 'done'
    await this.#keys.report(keyId, 'rejected')
    if (this.#index + 1 >= (this.#candidates?.length ?? 0)) return 'done'
    this.#index += 1
    return 'retry'
  }
}

async function isAboutKid(response: Response): Promise<boolean> {
  if (response.status !== 400 && response.status !== 401) return false
  const body: unknown = await response
    .clone()
    .json()
    .catch(() => undefined)
  const { error_description } = Object(body) as Record<string, unknown>
  return typeof error_description === 'string' && isKidRejection(error_description)
}
