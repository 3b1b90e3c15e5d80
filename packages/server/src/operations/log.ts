import type { Notify } from '@connect-okta/core/types'
import { type DestinationStream, type Logger, pino, stdTimeFunctions } from 'pino'

/** The log, and the audit log, which has the same destination and does not depend on the log level. */
export interface Logs {
  readonly log: Logger
  readonly auditLog: Logger
  /** Whether lines cannot be written at the moment. */
  isLogFailing(): boolean
}

/** Creates the logs: one JSON object per line. Headers, bodies and queries may hold secrets, so they are never logged. */
export function createLogs(level: string, stream: DestinationStream & { readonly isFailing?: boolean }): Logs {
  const printing = { write: (line: string) => stream.write(printableLine(line)) }
  const auditLog = pino(
    { base: null, timestamp: stdTimeFunctions.isoTime, formatters: { level: label => ({ level: label }) } },
    printing,
  )
  return { auditLog, log: auditLog.child({}, { level }), isLogFailing: () => stream.isFailing ?? false }
}

// Terminals interpret these characters. JSON escapes neither C1 controls nor the controls of text direction.
const unsafe = /[^\P{Cc}\t\n]|[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu

/** Escapes control characters, except for line ends and tabs, for a terminal or a log. */
export function printableLine(text: string): string {
  return text.replace(unsafe, character => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

/** Writes the notices of the core to the log. */
export function logNotices(log: Logger): Notify {
  return ({ code, message }) => log.warn({ notice: code }, message)
}
