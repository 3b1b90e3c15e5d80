import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { freePort } from '@connect-okta/emulator'
import { createClient } from 'redis'
import { startRedisProgram } from '../../../../scripts/testing/redis-program.js'
import { newFolder } from './new-folder.test.support.js'

/** A Redis server on a free port, with a data folder of its own. */
export interface RedisServer {
  readonly url: string
  /** Kills the process. {@link start} starts it again with the same data. */
  kill(): Promise<void>
  start(): Promise<void>
  /** Suspends the process for this time. */
  pauseFor(ms: number): Promise<void>
  /** Makes it a replica of another server, and waits until it is in sync. `undefined`: makes it a primary. */
  follow(primary: RedisServer | undefined): Promise<void>
  stop(): Promise<void>
}

/** A TCP proxy in front of a Redis server. Its target can change, as the address of a primary does in a failover. */
export interface RedisProxy {
  readonly url: string
  /** Closes every connection and forwards new ones to `redis`. */
  switchTo(redis: RedisServer): void
  /** Forwards nothing more on open connections and does not close them, as a network that drops packets. */
  stall(): void
  stop(): Promise<void>
}

/** Starts a {@link RedisProxy}. */
export async function startRedisProxy(initialTarget: RedisServer): Promise<RedisProxy> {
  let target = initialTarget
  const sockets = new Set<Socket>()
  const server = createServer(inbound => {
    const outbound = connect(Number(new URL(target.url).port), '127.0.0.1')
    for (const [from, to] of [
      [inbound, outbound],
      [outbound, inbound],
    ] as const) {
      sockets.add(from)
      from
        .on('error', () => {})
        .once('close', () => {
          sockets.delete(from)
          to.destroy()
        })
      from.pipe(to)
    }
  })
  const closeAll = () => {
    for (const socket of sockets) socket.destroy()
  }
  const port = await freePort()
  await once(server.listen(port, '127.0.0.1'), 'listening')
  return {
    url: `redis://127.0.0.1:${port}`,
    switchTo(redis) {
      target = redis
      closeAll()
    },
    stall() {
      for (const socket of sockets) socket.unpipe().pause()
    },
    async stop() {
      closeAll()
      await promisify(server.close.bind(server))()
    },
  }
}

/** The variables that a Redis store requires. */
export const redisStoreVariables = { CONNECT_OKTA_STORE_KEY: Buffer.alloc(32, 7).toString('base64') }

/** Starts a {@link RedisServer}, with more arguments such as `--cluster-enabled yes`. */
export async function startRedis(
  command: string,
  more: readonly string[] | (() => Promise<readonly string[]>) = [],
): Promise<RedisServer> {
  const folder = await newFolder()
  const durable = ['--appendonly', 'yes', '--appendfsync', 'always', '--save', '']
  const replicas = ['--repl-diskless-sync-delay', '0']
  const { port, kill, start, pause, resume } = await startRedisProgram(command, async port => {
    const own = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, ...durable, ...replicas]
    return [...own, ...(typeof more === 'function' ? await more() : more)]
  })
  const url = `redis://127.0.0.1:${port}`
  return {
    url,
    kill,
    start,
    async pauseFor(ms) {
      pause()
      await sleep(ms)
      resume()
    },
    async follow(primary) {
      if (primary === undefined) return void (await sendCommand(url, ['REPLICAOF', 'NO', 'ONE']))
      await sendCommand(url, ['REPLICAOF', '127.0.0.1', new URL(primary.url).port])
      while (!String(await sendCommand(url, ['INFO', 'replication'])).includes('master_link_status:up')) await sleep(20)
    },
    stop: kill,
  }
}

/** Sends one command. */
export async function sendCommand(url: string, command: string[]): Promise<unknown> {
  const client = createClient({ url })
  await client.connect()
  try {
    return await client.sendCommand(command)
  } finally {
    client.destroy()
  }
}
