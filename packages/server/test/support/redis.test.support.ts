import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { freePort } from '@connect-okta/emulator'
import { createClient } from 'redis'

/** A Redis of a test, which can be away. */
export interface TestRedis extends AsyncDisposable {
  readonly url: string
  kill(): Promise<void>
  /** Stops the process where it is: connections stay open, and nothing is answered. */
  pause(): void
  resume(): void
  /** Sends a command by a connection of its own. */
  command(...words: readonly string[]): Promise<unknown>
  start(): Promise<void>
}

/** Starts a Redis on a port that is free; it keeps nothing on disk. */
export async function startRedis(command: string, options: readonly string[] = []): Promise<TestRedis> {
  const port = await freePort()
  const url = `redis://127.0.0.1:${port}`
  let server: ChildProcess | undefined
  const redis: TestRedis = {
    url,
    async start() {
      server = spawn(command, ['--port', String(port), '--bind', '127.0.0.1', '--save', '', ...options], {
        stdio: 'ignore',
      })
      for (;;) {
        const client = createClient({ url, socket: { reconnectStrategy: false } }).on('error', () => {})
        const isThere = await client.connect().then(
          () => true,
          () => false,
        )
        client.destroy()
        if (isThere) return
        await new Promise(resolve => setTimeout(resolve, 30))
      }
    },
    pause: () => void server?.kill('SIGSTOP'),
    resume: () => void server?.kill('SIGCONT'),
    async command(...words) {
      const client = createClient({ url }).on('error', () => {})
      await client.connect()
      try {
        return await client.sendCommand([...words])
      } finally {
        client.destroy()
      }
    },
    async kill() {
      const dying = server
      server = undefined
      if (dying === undefined) return
      const exited = once(dying, 'exit')
      dying.kill('SIGKILL')
      await exited
    },
    [Symbol.asyncDispose]: () => redis.kill(),
  }
  await redis.start()
  return redis
}
