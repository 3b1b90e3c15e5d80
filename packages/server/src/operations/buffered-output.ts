import { write, writeSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'
import type { DestinationStream } from 'pino'

/** The destination of log lines, which buffers them. */
export interface LogOutput extends DestinationStream {
  /** Whether lines cannot be written at the moment. They are buffered, up to a limit, and written later. */
  readonly isFailing: boolean
  /** Writes the buffered lines, with a time limit. */
  flush(): Promise<void>
}

const writeTo = promisify(write)
const minLength = 8192
const maxLength = 8 * 1024 * 1024
const flushIntervalMs = 500
const maxFlushMs = 1_000
const busyMs = 10

/**
 * Standard output, buffered for up to half a second. When the disk is full or the reader has ended, the process keeps serving
 * requests.
 *
 * @param report is called once when lines cannot be written, and once when they can be written again.
 */
export function bufferedOutput(fd: number, report: (text: string) => void): LogOutput {
  let lines = ''
  // Taken from `lines`, and not written yet.
  let rest = Buffer.alloc(0)
  let isFailing = false
  let lost = 0
  let timer: NodeJS.Timeout | undefined
  let writing: Promise<void> | undefined

  const isPending = () => rest.length > 0 || lines !== ''

  async function writeOut(): Promise<void> {
    if (rest.length === 0) {
      rest = Buffer.from(lines)
      lines = ''
    }
    // Lines that arrive meanwhile are left for the next call: each write wakes up another thread.
    while (rest.length > 0) {
      try {
        rest = rest.subarray((await writeTo(fd, rest)).bytesWritten)
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException
        // The pipe is full.
        if (code === 'EAGAIN') {
          await pause(busyMs)
          continue
        }
        fail(String(code))
        return
      }
      if (isFailing) recover()
    }
  }

  function start(): Promise<void> {
    clearTimeout(timer)
    timer = undefined
    writing ??= writeOut().finally(() => {
      writing = undefined
      if (isPending()) later()
    })
    return writing
  }

  async function writeAll(): Promise<void> {
    do await start()
    while (isPending() && !isFailing)
  }

  function later(): void {
    timer ??= setTimeout(start, flushIntervalMs).unref()
  }

  function fail(reason: string): void {
    if (isFailing) return
    isFailing = true
    report(
      `Log and audit lines cannot be written to stdout (${reason}). The broker still serves requests. See /readyz.\n`,
    )
  }

  function recover(): void {
    isFailing = false
    report(`Log and audit lines are written to stdout again. ${lost} were lost.\n`)
    lost = 0
  }

  process.once('exit', () => {
    if (writing !== undefined) return
    try {
      writeSync(fd, Buffer.concat([rest, Buffer.from(lines)]))
    } catch {
      // Reported before.
    }
  })

  return {
    get isFailing() {
      return isFailing
    },
    write(line) {
      if (rest.length + lines.length > maxLength) {
        lost += 1
        return fail('the reader is too slow')
      }
      lines += line
      if (lines.length >= minLength && !isFailing) void start()
      else later()
    },
    async flush() {
      const end = new AbortController()
      await Promise.race([writeAll(), pause(maxFlushMs, undefined, { signal: end.signal }).catch(() => {})])
      end.abort()
    },
  }
}
