import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createClient } from 'redis'

/** A Redis of its own, on a port that is free, that keeps what it has in a folder of its own. */
export interface RedisServer {
  readonly url: string
  /** Ends it, as a power cut does, or has it come back. */
  kill(): Promise<void>
  start(): Promise<void>
  /** Lets it answer nobody for a while. */
  pauseFor(ms: number): Promise<void>
  stop(): Promise<void>
}

/** Starts a {@link RedisServer}. */
export async function startRedis(command: string): Promise<RedisServer> {
  const folder = await mkdtemp(join(tmpdir(), 'redis-'))
  const port = await freePort()
  const url = `redis://127.0.0.1:${port}`
  let server: ChildProcess | undefined
  const redis: RedisServer = {
    url,
    async kill() {
      const dying = server
      server = undefined
      dying?.kill('SIGKILL')
      if (dying?.exitCode === null) await once(dying, 'exit')
    },
    async start() {
      const durable = ['--appendonly', 'yes', '--appendfsync', 'always', '--save', '']
      server = spawn(command, ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, ...durable], {
        stdio: 'ignore',
      })
      await untilItAnswers(url)
    },
    async pauseFor(ms) {
      const paused = server
      paused?.kill('SIGSTOP')
      await sleep(ms)
      paused?.kill('SIGCONT')
    },
    stop: () => redis.kill(),
  }
  await redis.start()
  return redis
}

async function untilItAnswers(url: string): Promise<void> {
  for (;;) {
    const client = createClient({ url, socket: { reconnectStrategy: false } }).on('error', () => {})
    try {
      await client.connect()
      await client.ping()
      return
    } catch {
      await sleep(50)
    } finally {
      client.destroy()
    }
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (typeof address !== 'object' || address === null) throw new Error('there is no free port')
  return address.port
}
