import type { OidcBackend } from '../oidc/backend.js'
import type { AuthorizationServer } from './authorization-server.js'
import type { Clock } from './clock.js'
import type { Random } from './random.js'

/** How long device code and user code live (guides/device-authorization-grant). */
export const DEVICE_CODE_SECONDS = 600
const FIRST_INTERVAL_SECONDS = 5
const SLOWER_BY_SECONDS = 5

/** One device that waits for a person. */
export interface DeviceGrant {
  readonly deviceCode: string
  /** What the person types. */
  readonly userCode: string
  readonly clientId: string
  readonly scope: string
  readonly nonce: string | undefined
  readonly server: AuthorizationServer
  readonly backend: OidcBackend
  readonly expiresAt: number
  /** How long the device must wait between two polls. Grows when it does not. */
  intervalSeconds: number
  polledAt: number | undefined
  /** What the person decided: `denied`, or the code that oidc-provider gives tokens for. */
  decision: { readonly denied: true } | { readonly code: string } | undefined
}

/** The devices that wait (RFC 8628). */
export class DeviceGrants {
  readonly #byDeviceCode = new Map<string, DeviceGrant>()
  readonly #clock: Clock
  readonly #random: Random

  constructor(clock: Clock, random: Random) {
    this.#clock = clock
    this.#random = random
  }

  begin(asked: Pick<DeviceGrant, 'clientId' | 'scope' | 'nonce' | 'server' | 'backend'>): DeviceGrant {
    const grant: DeviceGrant = {
      ...asked,
      deviceCode: this.#random.secret('device code'),
      userCode: this.#random.userCode(),
      expiresAt: this.#clock.now() + DEVICE_CODE_SECONDS * 1000,
      intervalSeconds: FIRST_INTERVAL_SECONDS,
      polledAt: undefined,
      decision: undefined,
    }
    this.#byDeviceCode.set(grant.deviceCode, grant)
    return grant
  }

  find(deviceCode: string): DeviceGrant | undefined {
    return this.#byDeviceCode.get(deviceCode)
  }

  /** The device that shows this code and still waits. The person may type it in small letters and with blanks. */
  waiting(typed: string): DeviceGrant | undefined {
    const userCode = typed.toUpperCase().replace(/[^A-Z]/g, '')
    return [...this.#byDeviceCode.values()].find(
      grant => grant.userCode === userCode && grant.decision === undefined && !this.isExpired(grant),
    )
  }

  isExpired({ expiresAt }: DeviceGrant): boolean {
    return this.#clock.now() >= expiresAt
  }

  /** Whether the device polls too soon. If so it must wait longer from now on (RFC 8628 §3.5). */
  pollsTooSoon(grant: DeviceGrant): boolean {
    const now = this.#clock.now()
    const isTooSoon = grant.polledAt !== undefined && now - grant.polledAt < grant.intervalSeconds * 1000
    grant.polledAt = now
    if (isTooSoon) grant.intervalSeconds += SLOWER_BY_SECONDS
    return isTooSoon
  }

  forget({ deviceCode }: DeviceGrant): void {
    this.#byDeviceCode.delete(deviceCode)
  }

  clear(): void {
    this.#byDeviceCode.clear()
  }
}
