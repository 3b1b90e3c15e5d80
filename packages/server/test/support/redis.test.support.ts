import { createClient } from 'redis'
import { startRedisProgram } from '../../../../scripts/testing/redis-program.js'

/** A Redis server that a test can stop. */
export interface TestRedis extends AsyncDisposable {
  readonly url: string
  kill(): Promise<void>
  /** Suspends the process: connections stay open, and commands are not answered. */
  pause(): void
  resume(): void
  /** Sends a command on a separate connection. */
  command(...words: readonly string[]): Promise<unknown>
  start(): Promise<void>
}

/**
 * Starts a Redis on a free port, without persistence.
 *
 * @param options more arguments, or a function that returns them for each attempt to start
 */
export async function startRedis(
  command: string,
  options: readonly string[] | (() => Promise<readonly string[]>) = [],
): Promise<TestRedis> {
  const { port, ...program } = await startRedisProgram(command, async port => {
    const more = typeof options === 'function' ? await options() : options
    return ['--port', String(port), '--bind', '127.0.0.1', '--save', '', ...more]
  })
  const url = `redis://127.0.0.1:${port}`
  return {
    url,
    ...program,
    async command(...words) {
      const client = createClient({ url }).on('error', () => {})
      await client.connect()
      try {
        return await client.sendCommand([...words])
      } finally {
        client.destroy()
      }
    },
    [Symbol.asyncDispose]: program.kill,
  }
}
