import { isOktaConnectError } from '../errors.js'
import type { Remedy } from '../remedy.js'

/** What {@link diagnose} looks at, in its order. */
export const checkNames = [
  'tenant',
  'proxy',
  'dns',
  'tls',
  'clock',
  'org',
  'authorization_server',
  'app',
  'callback_port',
  'browser',
  'keyring',
  'store',
] as const
/** The name of one thing that is looked at. */
export type CheckName = (typeof checkNames)[number]

/** What was found at one of them. */
export interface Finding {
  readonly check: CheckName
  /** `warning`: it works, but not as well as it could. `skipped`: there was nothing to look at. */
  readonly outcome: 'ok' | 'warning' | 'failure' | 'skipped'
  /** One sentence, free of secrets. */
  readonly message: string
  /** What to do about a warning or a failure. */
  readonly fix?: string
  /** The same for interfaces that have a name for it. */
  readonly remedy?: Remedy
}

/** Something is as it should be. */
export function ok(check: CheckName, message: string): Finding {
  return { check, outcome: 'ok', message }
}

/** There was nothing to look at, or no way to. */
export function skipped(check: CheckName, message: string): Finding {
  return { check, outcome: 'skipped', message }
}

/** Something works, but not as well as it could. */
export function warning(check: CheckName, message: string, fix: string, remedy?: Remedy): Finding {
  return { check, outcome: 'warning', message, fix, ...(remedy && { remedy }) }
}

/** Something does not work. */
export function failure(check: CheckName, message: string, fix: string, remedy?: Remedy): Finding {
  return { check, outcome: 'failure', message, fix, ...(remedy && { remedy }) }
}

/** What an error of ours says. Any other is a bug, and stays one. */
export function failureOf(check: CheckName, error: unknown): Finding {
  if (!isOktaConnectError(error)) throw error
  return failure(check, error.message, error.hint, error.remedy)
}
