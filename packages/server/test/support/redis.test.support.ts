import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { freePort } from '@connect-okta/emulator'
import { createClient } from 'redis'

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

/** Starts a Redis on a free port, without persistence. */
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
        const isRunning = await client.connect().then(
          () => true,
          () => false,
        )
        client.destroy()
        if (isRunning) return
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
      const stopping = server
      server = undefined
      if (stopping === undefined) return
      const exited = once(stopping, 'exit')
      stopping.kill('SIGKILL')
      await exited
    },
    [Symbol.asyncDispose]: () => redis.kill(),
  }
  await redis.start()
  return redis
}
