import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp } from 'node:fs/promises'
import { connect, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { freePort } from '@connect-okta/emulator'
import { createClient } from 'redis'

/** A Redis of its own, on a port that is free, that keeps what it has in a folder of its own. */
export interface RedisServer {
  readonly url: string
  /** Ends it, as a power cut does, or has it come back. */
  kill(): Promise<void>
  start(): Promise<void>
  /** Lets it answer nobody for a while. */
  pauseFor(ms: number): Promise<void>
  /** Follows another, as its replica, and has all that it has; or nobody any more, so that it is one to write to. */
  follow(primary: RedisServer | undefined): Promise<void>
  stop(): Promise<void>
}

/** An address behind which one Redis answers, and after a failover another. */
export interface RedisDoorway {
  readonly url: string
  /** Ends every connection; the next ones lead to `redis`. */
  leadTo(redis: RedisServer): void
  /** Lets nothing more through on the connections that are open, and closes none: as a network does that drops packets. */
  hang(): void
  stop(): Promise<void>
}

/** Starts a {@link RedisDoorway}. */
export async function startDoorway(first: RedisServer): Promise<RedisDoorway> {
  let target = first
  const open = new Set<Socket>()
  const server = createServer(inbound => {
    const outbound = connect(Number(new URL(target.url).port), '127.0.0.1')
    for (const [from, to] of [
      [inbound, outbound],
      [outbound, inbound],
    ] as const) {
      open.add(from)
      from
        .on('error', () => {})
        .once('close', () => {
          open.delete(from)
          to.destroy()
        })
      from.pipe(to)
    }
  })
  const endAll = () => {
    for (const socket of open) socket.destroy()
  }
  const port = await freePort()
  await once(server.listen(port, '127.0.0.1'), 'listening')
  return {
    url: `redis://127.0.0.1:${port}`,
    leadTo(redis) {
      target = redis
      endAll()
    },
    hang() {
      for (const socket of open) socket.unpipe().pause()
    },
    async stop() {
      endAll()
      await promisify(server.close.bind(server))()
    },
  }
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
      const replicas = ['--repl-diskless-sync-delay', '0']
      server = spawn(
        command,
        ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, ...durable, ...replicas],
        {
          stdio: 'ignore',
        },
      )
      await untilItAnswers(url)
    },
    async pauseFor(ms) {
      const paused = server
      paused?.kill('SIGSTOP')
      await sleep(ms)
      paused?.kill('SIGCONT')
    },
    async follow(primary) {
      if (primary === undefined) return void (await ask(url, ['REPLICAOF', 'NO', 'ONE']))
      await ask(url, ['REPLICAOF', '127.0.0.1', new URL(primary.url).port])
      while (!String(await ask(url, ['INFO', 'replication'])).includes('master_link_status:up')) await sleep(20)
    },
    stop: () => redis.kill(),
  }
  await redis.start()
  return redis
}

async function ask(url: string, command: string[]): Promise<unknown> {
  const client = createClient({ url })
  await client.connect()
  try {
    return await client.sendCommand(command)
  } finally {
    client.destroy()
  }
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
