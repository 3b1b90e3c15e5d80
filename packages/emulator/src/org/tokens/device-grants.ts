import type { OidcBackend } from '../../oidc/backend.js'
import type { AuthorizationServer } from '../authorization-server.js'
import type { Clock } from '../clock.js'
import type { Random } from '../random.js'

/** Lifetime of a device code and its user code (guides/device-authorization-grant). */
export const DEVICE_CODE_SECONDS = 600
const INITIAL_INTERVAL_SECONDS = 5
const SLOW_DOWN_SECONDS = 5

/** A device authorization request (RFC 8628 §3.2). */
export interface DeviceGrant {
  readonly deviceCode: string
  /** The code that the user enters. */
  readonly userCode: string
  readonly clientId: string
  readonly scope: string
  readonly nonce: string | undefined
  readonly server: AuthorizationServer
  readonly backend: OidcBackend
  readonly expiresAt: number
  /** Minimum time between two polls. It grows with each poll that is too early. */
  intervalSeconds: number
  lastPollAt: number | undefined
  /** The decision of the user: denied, or the device code at oidc-provider. Undefined while it is pending. */
  decision: { readonly denied: true } | { readonly code: string } | undefined
}

/** The device authorization requests of an org. */
export class DeviceGrants {
  readonly #byDeviceCode = new Map<string, DeviceGrant>()
  readonly #clock: Clock
  readonly #random: Random

  constructor(clock: Clock, random: Random) {
    this.#clock = clock
    this.#random = random
  }

  create(request: Pick<DeviceGrant, 'clientId' | 'scope' | 'nonce' | 'server' | 'backend'>): DeviceGrant {
    const grant: DeviceGrant = {
      ...request,
      deviceCode: this.#random.secret('device code'),
      userCode: this.#random.userCode(),
      expiresAt: this.#clock.now() + DEVICE_CODE_SECONDS * 1000,
      intervalSeconds: INITIAL_INTERVAL_SECONDS,
      lastPollAt: undefined,
      decision: undefined,
    }
    this.#byDeviceCode.set(grant.deviceCode, grant)
    return grant
  }

  find(deviceCode: string): DeviceGrant | undefined {
    return this.#byDeviceCode.get(deviceCode)
  }

  /** Finds a pending request by its user code. Case, spaces and hyphens in the input are ignored. */
  findPending(input: string): DeviceGrant | undefined {
    const userCode = input.toUpperCase().replace(/[^A-Z]/g, '')
    return [...this.#byDeviceCode.values()].find(
      grant => grant.userCode === userCode && grant.decision === undefined && !this.isExpired(grant),
    )
  }

  isExpired({ expiresAt }: DeviceGrant): boolean {
    return this.#clock.now() >= expiresAt
  }

  /** Records a poll. Returns whether it was too early, which makes the interval longer (RFC 8628 §3.5). */
  recordPoll(grant: DeviceGrant): boolean {
    const now = this.#clock.now()
    const isTooEarly = grant.lastPollAt !== undefined && now - grant.lastPollAt < grant.intervalSeconds * 1000
    grant.lastPollAt = now
    if (isTooEarly) grant.intervalSeconds += SLOW_DOWN_SECONDS
    return isTooEarly
  }

  delete({ deviceCode }: DeviceGrant): void {
    this.#byDeviceCode.delete(deviceCode)
  }

  clear(): void {
    this.#byDeviceCode.clear()
  }
}
