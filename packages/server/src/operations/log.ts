import { type DestinationStream, destination, type Logger, pino } from 'pino'

/** The log, and the audit, which goes to the same place whatever the level of the log is. */
export interface Logs {
  readonly log: Logger
  readonly auditLog: Logger
}

/** One JSON a line. Nothing that is handed to it holds a secret: headers, bodies and queries are not. */
export function createLogs(level: string, stream: DestinationStream): Logs {
  const auditLog = pino({ base: null, timestamp }, stream)
  return { auditLog, log: auditLog.child({}, { level }) }
}

// As pino's own, but made anew once a second: each line has one.
let second = Number.NaN
let upToSecond = ''

function timestamp(): string {
  const now = Date.now()
  const ms = now % 1000
  if (now - ms !== second) {
    second = now - ms
    upToSecond = `,"time":"${new Date(second).toISOString().slice(0, -4)}`
  }
  return `${upToSecond}${String(ms).padStart(3, '0')}Z"`
}

/** Where lines go, some of them a moment later. */
export interface FlushableStream extends DestinationStream {
  flushSync(): void
}

/** Standard output: lines go out together, a moment later at most. */
export function bufferedOutput(fd: number): FlushableStream {
  return destination({ fd, sync: false, minLength: 8192, periodicFlush: 500 })
}
