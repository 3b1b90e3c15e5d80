import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { freePort } from '../../packages/emulator/dist/index.js'

/** A `redis-server` on a free port of 127.0.0.1. */
export interface RedisProgram {
  readonly port: number
  /** Kills the process, and waits until it has ended. */
  kill(): Promise<void>
  /** Starts it again on the same port after {@link kill}. */
  start(): Promise<void>
  /** Suspends the process: connections stay open, and commands are not answered. */
  pause(): void
  resume(): void
}

const maxStarts = 5
// It is not enough that something responds on the port: it can be another Redis.
const readyLine = /Ready to accept connections|Sentinel ID is/

/**
 * Starts `redis-server` on a free port, and waits until it is ready. If it ends before that, starts it again on another port: another
 * program can take a free port before Redis does.
 *
 * @param argsOf returns its arguments for a port
 * @throws Error with the log of Redis, if it ends each time
 */
export async function startRedisProgram(
  command: string,
  argsOf: (port: number) => readonly string[] | Promise<readonly string[]>,
): Promise<RedisProgram> {
  let failure: unknown
  for (let starts = 0; starts < maxStarts; starts++) {
    const port = await freePort()
    const program = redisProgram(port, command, await argsOf(port))
    try {
      await program.start()
      return program
    } catch (error) {
      failure = error
    }
  }
  throw failure
}

function redisProgram(port: number, command: string, args: readonly string[]): RedisProgram {
  let running: ChildProcess | undefined
  return {
    port,
    async start() {
      const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] })
      running = child
      let log = ''
      const isReady = new Promise<void>(resolve => {
        const read = (text: string) => {
          log += text
          if (readyLine.test(log)) resolve()
        }
        for (const output of [child.stdout, child.stderr]) output.setEncoding('utf8').on('data', read)
      })
      const failed = once(child, 'close').then(() => {
        throw new Error(`${command} ended before it was ready:\n${log}`)
      })
      await Promise.race([failed, isReady])
    },
    async kill() {
      const child = running
      running = undefined
      if (child === undefined || hasEnded(child)) return
      const ended = once(child, 'close')
      child.kill('SIGKILL')
      await ended
    },
    pause: () => void running?.kill('SIGSTOP'),
    resume: () => void running?.kill('SIGCONT'),
  }
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null
}
