import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createClient } from 'redis'
import { type RedisProgram, startRedisProgram } from '../../../../../scripts/testing/redis-program.js'

/** A Redis with a replica, and three sentinels that promote the replica when the primary does not respond for a second. */
export interface SentinelRedis extends AsyncDisposable {
  /** The address for the broker. */
  readonly address: string
  /** Ends the primary, as a machine that loses power. */
  killPrimary(): void
  /** Suspends the replica and closes its connection: it receives no further writes. */
  disconnectReplica(): Promise<void>
  resumeReplica(): void
  /** Sends a command to the server that is the primary according to a sentinel. */
  command(...words: readonly string[]): Promise<unknown>
}

const name = 'main'

/** Starts {@link SentinelRedis} on this machine. */
export async function startSentinels(redisServer: string): Promise<SentinelRedis> {
  const folder = await mkdtemp(join(tmpdir(), 'sentinels-'))
  const programs: RedisProgram[] = []
  const start = async (lines: readonly string[], args: readonly string[] = []) => {
    const program = await startRedisProgram(redisServer, async port => {
      const path = join(folder, `${port}.conf`)
      const common = [`port ${port}`, 'bind 127.0.0.1', `dir ${folder}`, 'protected-mode no']
      await writeFile(path, [...common, ...lines].join('\n'))
      return [path, ...args]
    })
    programs.push(program)
    return program
  }
  const server = (file: string) => ['maxmemory-policy noeviction', 'save ""', `dbfilename ${file}.rdb`]
  const primary = await start(server('first'))
  const follow = [`replicaof 127.0.0.1 ${primary.port}`, 'repl-diskless-sync-delay 0']
  const replica = await start([...server('second'), ...follow])
  await until(async () => String(await ask(replica.port, ['INFO', 'replication'])).includes('master_link_status:up'))
  const watch = [
    `sentinel monitor ${name} 127.0.0.1 ${primary.port} 2`,
    `sentinel down-after-milliseconds ${name} 1000`,
    `sentinel failover-timeout ${name} 5000`,
  ]
  const sentinels: number[] = []
  for (let count = 0; count < 3; count++) sentinels.push((await start(watch, ['--sentinel'])).port)
  // Each sentinel has found the replica and the other two.
  for (const port of sentinels) {
    const isComplete = async () => {
      const [replicas, others] = [
        await ask(port, ['SENTINEL', 'replicas', name]),
        await ask(port, ['SENTINEL', 'sentinels', name]),
      ]
      return (replicas as unknown[]).length === 1 && (others as unknown[]).length === 2
    }
    await until(isComplete)
  }
  return {
    address: `redis-sentinel://${sentinels.map(port => `127.0.0.1:${port}`).join(',')}/0?master=${name}`,
    killPrimary: () => void primary.kill(),
    async disconnectReplica() {
      replica.pause()
      await ask(primary.port, ['CLIENT', 'KILL', 'TYPE', 'replica'])
    },
    resumeReplica: () => replica.resume(),
    async command(...words) {
      const [, port] = (await ask(sentinels[0] ?? 0, ['SENTINEL', 'get-master-addr-by-name', name])) as [string, string]
      return await ask(Number(port), words)
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(programs.map(({ kill }) => kill()))
    },
  }
}

async function ask(port: number, words: readonly string[]): Promise<unknown> {
  const client = createClient({ socket: { host: '127.0.0.1', port, reconnectStrategy: false } }).on('error', () => {})
  await client.connect()
  try {
    return await client.sendCommand([...words])
  } finally {
    client.destroy()
  }
}

async function until(isDone: () => Promise<boolean>): Promise<void> {
  while (!(await isDone())) await new Promise(resolve => setTimeout(resolve, 30))
}
