import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '@connect-okta/emulator'
import { createClient } from 'redis'

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
  const children: ChildProcess[] = []
  const start = async (port: number, lines: readonly string[], args: readonly string[] = []) => {
    const path = join(folder, `${port}.conf`)
    const common = [`port ${port}`, 'bind 127.0.0.1', `dir ${folder}`, 'protected-mode no']
    await writeFile(path, [...common, ...lines].join('\n'))
    const child = spawn(redisServer, [path, ...args], { stdio: 'ignore' })
    children.push(child)
    await answers(port)
    return child
  }
  const [first, second, ...sentinels] = [await freePort(), await freePort(), ...(await freePorts(3))]
  const server = (file: number) => ['maxmemory-policy noeviction', 'save ""', `dbfilename ${file}.rdb`]
  const primary = await start(first, server(first))
  const replica = await start(second, [...server(second), `replicaof 127.0.0.1 ${first}`, 'repl-diskless-sync-delay 0'])
  await until(async () => String(await ask(second, ['INFO', 'replication'])).includes('master_link_status:up'))
  const watch = [
    `sentinel monitor ${name} 127.0.0.1 ${first} 2`,
    `sentinel down-after-milliseconds ${name} 1000`,
    `sentinel failover-timeout ${name} 5000`,
  ]
  for (const port of sentinels) await start(port, watch, ['--sentinel'])
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
    killPrimary: () => void primary.kill('SIGKILL'),
    async disconnectReplica() {
      replica.kill('SIGSTOP')
      await ask(first, ['CLIENT', 'KILL', 'TYPE', 'replica'])
    },
    resumeReplica: () => void replica.kill('SIGCONT'),
    async command(...words) {
      const [, port] = (await ask(sentinels[0] ?? 0, ['SENTINEL', 'get-master-addr-by-name', name])) as [string, string]
      return await ask(Number(port), words)
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(
        children.map(async child => {
          if (child.exitCode !== null || child.signalCode !== null) return
          const exited = once(child, 'exit')
          child.kill('SIGKILL')
          await exited
        }),
      )
    },
  }
}

async function freePorts(count: number): Promise<number[]> {
  const ports: number[] = []
  while (ports.length < count) ports.push(await freePort())
  return ports
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

async function answers(port: number): Promise<void> {
  await until(() =>
    ask(port, ['PING']).then(
      () => true,
      () => false,
    ),
  )
}

async function until(isDone: () => Promise<boolean>): Promise<void> {
  while (!(await isDone())) await new Promise(resolve => setTimeout(resolve, 30))
}
