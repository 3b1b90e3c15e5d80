import { isOktaConnectError } from '../errors.js'
import type { Remedy } from '../remedy.js'

const network = ['proxy', 'dns', 'tls', 'clock'] as const
const storage = ['keyring', 'store'] as const

/** The checks of {@link diagnose} for an org, in their order. */
export const checkNames = [
  'tenant',
  ...network,
  'org',
  'authorization_server',
  'app',
  'callback_port',
  'browser',
  ...storage,
] as const

/** The checks of {@link diagnose} for a broker, in their order. */
export const brokerCheckNames = [
  'broker',
  ...network,
  'metadata',
  'identity_token',
  'client',
  'readiness',
  'keys',
  ...storage,
] as const

/** The name of a check. */
export type CheckName = (typeof checkNames)[number] | (typeof brokerCheckNames)[number]

/** The result of a check. */
export interface Finding {
  readonly check: CheckName
  /** `warning`: it works with a limitation. `skipped`: it was not checked. */
  readonly outcome: 'ok' | 'warning' | 'failure' | 'skipped'
  /** One sentence, free of secrets. */
  readonly message: string
  /** What to do about a warning or a failure. */
  readonly fix?: string
  /** The same in machine-readable form, for interfaces that show their own text. */
  readonly remedy?: Remedy
}

/** The result of a successful check. */
export function ok(check: CheckName, message: string): Finding {
  return { check, outcome: 'ok', message }
}

/** The result of a check that was not made. */
export function skipped(check: CheckName, message: string): Finding {
  return { check, outcome: 'skipped', message }
}

/** The result if something works with a limitation. */
export function warning(check: CheckName, message: string, fix: string, remedy?: Remedy): Finding {
  return { check, outcome: 'warning', message, fix, ...(remedy && { remedy }) }
}

/** The result if something does not work. */
export function failure(check: CheckName, message: string, fix: string, remedy?: Remedy): Finding {
  return { check, outcome: 'failure', message, fix, ...(remedy && { remedy }) }
}

/** The result for an error of this package. Any other error is thrown again. */
export function failureOf(check: CheckName, error: unknown): Finding {
  if (!isOktaConnectError(error)) throw error
  return failure(check, error.message, error.hint, error.remedy)
}
