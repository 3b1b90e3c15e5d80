import { type DestinationStream, type Logger, pino, stdTimeFunctions } from 'pino'

/** The log, and the audit, which goes to the same place whatever the level of the log is. */
export interface Logs {
  readonly log: Logger
  readonly auditLog: Logger
  /** Whether lines cannot be written now. */
  isLogFailing(): boolean
}

/** Creates the logs: one JSON object per line. Headers, bodies and queries, which may hold secrets, are never logged. */
export function createLogs(level: string, stream: DestinationStream & { readonly isFailing?: boolean }): Logs {
  const printing = { write: (line: string) => stream.write(printableLine(line)) }
  const auditLog = pino({ base: null, timestamp: stdTimeFunctions.isoTime }, printing)
  return { auditLog, log: auditLog.child({}, { level }), isLogFailing: () => stream.isFailing ?? false }
}

// A terminal interprets these. JSON does not escape C1 controls and the controls of text direction.
const unsafe = /[^\P{Cc}\t\n]|[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu

/** Text for a terminal or a log: control characters are escaped, except for line ends and tabs. */
export function printableLine(text: string): string {
  return text.replace(unsafe, sign => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
