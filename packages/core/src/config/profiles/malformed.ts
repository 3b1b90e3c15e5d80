import { type OktaConnectError, optionsInvalid } from '../../errors.js'
import { quoted } from '../../safe-text.js'

/** The error for an invalid settings file. */
export function malformed(place: string, rule: string): OktaConnectError {
  return optionsInvalid(
    `${place}: ${rule}.`,
    'Fix the file. For the format, see https://connect-okta.github.io/connect-okta/profiles',
  )
}

/** Returns a map of a settings file. */
export function asObject(value: unknown, place: string): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>
  throw malformed(place, 'it is not a map')
}

/** Rejects a map of a settings file with another member than the known ones. */
export function rejectUnknown(fields: Record<string, unknown>, place: string, known: readonly string[]): void {
  const unknown = Object.keys(fields).find(name => !known.includes(name))
  if (unknown !== undefined) {
    throw malformed(place, `unknown setting ${quoted(unknown)}; the settings are ${known.join(', ')}`)
  }
}
