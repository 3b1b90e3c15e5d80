import { type DestinationStream, destination, type Logger, pino } from 'pino'

/** The log, and the audit, which goes to the same place whatever the level of the log is. */
export interface Logs {
  readonly log: Logger
  readonly auditLog: Logger
}

/** One JSON a line. Nothing that is handed to it holds a secret: headers, bodies and queries are not. */
export function createLogs(level: string, stream: DestinationStream): Logs {
  const auditLog = pino({ base: null, timestamp: isoTime }, stream)
  return { auditLog, log: auditLog.child({}, { level }) }
}

// As pino's own, but written out once a millisecond: that takes longer than the rest of a line.
function isoTime(): string {
  const now = Date.now()
  if (now !== written.at) written = { at: now, text: `,"time":"${new Date(now).toISOString()}"` }
  return written.text
}
let written = { at: 0, text: '' }

/** Where lines go, some of them a moment later. */
export interface FlushableStream extends DestinationStream {
  flushSync(): void
}

/** Standard output: lines go out together, a moment later at most. */
export function bufferedOutput(fd: number): FlushableStream {
  return destination({ fd, sync: false, minLength: 8192, periodicFlush: 500 })
}
