import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from '@connect-okta/emulator'
import { createPrivateCertificate } from '../../../../scripts/testing/private-certificate.js'
import { startRedisProgram } from '../../../../scripts/testing/redis-program.js'
import type { RedisServerOptions } from '../../src/stores/redis/connection/redis-client.js'
import { newFolder } from './new-folder.test.support.js'
import { type RedisServer, sendCommand, startRedis } from './redis-server.test.support.js'

/** Redis servers that work together. */
export interface RedisTopology {
  /** The address, without a database. */
  readonly address: string
  readonly options: RedisServerOptions
  /** Kills the primary, or one of them. */
  killPrimary(): Promise<void>
  /** Removes all keys. */
  clear(): Promise<void>
  stop(): Promise<void>
}

const masterName = 'okta'
export const password = 'a-redis-password'

/** Starts a primary, a replica and three Sentinels, which promote the replica when the primary was killed. */
export async function startSentinels(command: string): Promise<RedisTopology> {
  const [primary, replica] = await Promise.all([startRedis(command), startRedis(command)])
  await replica.follow(primary)
  const sentinels = await Promise.all([1, 2, 3].map(() => startSentinel(command, portOf(primary))))
  for (const { port } of sentinels) {
    const url = `redis://127.0.0.1:${port}`
    const isReady = (info: string) => info.includes('slaves=1,sentinels=3')
    while (!isReady(String(await sendCommand(url, ['INFO', 'sentinel'])))) await sleep(50)
  }
  return {
    address: `redis-sentinel://${sentinels.map(({ port }) => `127.0.0.1:${port}`).join(',')}?master=${masterName}`,
    options: {},
    killPrimary: () => primary.kill(),
    clear: async () => void (await sendCommand(primary.url, ['FLUSHALL'])),
    async stop() {
      await Promise.all(sentinels.map(({ kill }) => kill()))
      await Promise.all([primary.stop(), replica.stop()])
    },
  }
}

async function startSentinel(command: string, primaryPort: number) {
  const file = join(await newFolder(), 'sentinel.conf')
  return await startRedisProgram(command, async port => {
    const settings = [
      `port ${port}`,
      'bind 127.0.0.1',
      `sentinel monitor ${masterName} 127.0.0.1 ${primaryPort} 2`,
      `sentinel down-after-milliseconds ${masterName} 500`,
      `sentinel failover-timeout ${masterName} 3000`,
    ]
    await writeFile(file, settings.join('\n'))
    return [file, '--sentinel']
  })
}

/** Starts three primaries that share the keys. The first one has a replica, which is promoted when it was killed. */
export async function startCluster(command: string): Promise<RedisTopology> {
  const [first, second, third, replica] = await Promise.all([1, 2, 3, 4].map(() => startNode(command)))
  if (!(first && second && third && replica)) throw new Error('no nodes')
  const ranges = [
    [first, 0, 5460],
    [second, 5461, 10922],
    [third, 10923, 16383],
  ] as const
  for (const [node, from, to] of ranges) {
    await sendCommand(node.url, ['CLUSTER', 'ADDSLOTSRANGE', String(from), String(to)])
  }
  for (const { url, busPort } of [second, third, replica]) {
    await sendCommand(first.url, ['CLUSTER', 'MEET', '127.0.0.1', String(portOf({ url })), String(busPort)])
  }
  await waitFor(replica.url, ['CLUSTER', 'INFO'], 'cluster_known_nodes:4')
  const firstId = String(await sendCommand(first.url, ['CLUSTER', 'MYID']))
  await retry(() => sendCommand(replica.url, ['CLUSTER', 'REPLICATE', firstId]))
  const nodes = [first, second, third, replica]
  for (const { url } of nodes) await waitFor(url, ['CLUSTER', 'INFO'], 'cluster_state:ok')
  await waitFor(replica.url, ['INFO', 'replication'], 'master_link_status:up')
  return {
    address: `redis-cluster://${nodes.map(({ url }) => new URL(url).host).join(',')}`,
    options: {},
    killPrimary: () => first.kill(),
    async clear() {
      for (const { url } of [first, second, third]) await sendCommand(url, ['FLUSHALL'])
    },
    async stop() {
      await Promise.all(nodes.map(node => node.stop()))
    },
  }
}

async function startNode(command: string) {
  let busPort = 0
  const redis = await startRedis(command, async () => {
    busPort = await freePort()
    return ['--cluster-enabled', 'yes', '--cluster-port', String(busPort), '--cluster-node-timeout', '1000']
  })
  return { ...redis, busPort }
}

/** Starts a server that requires TLS with a client certificate of a private authority, and a user of an access control list. */
export async function startTlsServer(command: string): Promise<RedisTopology> {
  const { cert, key, authority } = createPrivateCertificate()
  const folder = await newFolder()
  for (const [name, text] of Object.entries({ cert, key, authority })) await writeFile(join(folder, name), text)
  let port = 0
  const files = ['cert', 'key', 'ca-cert'].flatMap(name => [
    `--tls-${name}-file`,
    join(folder, name.replace('ca-cert', 'authority')),
  ])
  const redis = await startRedis(command, async () => {
    port = await freePort()
    return ['--tls-port', String(port), ...files, '--tls-auth-clients', 'yes']
  })
  // The permissions that the documentation names.
  const user = ['ACL', 'SETUSER', 'okta', 'on', `>${password}`, '~connect-okta:*', '&*', '+@all', '-@dangerous']
  await sendCommand(redis.url, user)
  return {
    address: `rediss://127.0.0.1:${port}`,
    options: { ca: authority, certificate: cert, key, username: 'okta', password },
    killPrimary: () => redis.kill(),
    clear: async () => void (await sendCommand(redis.url, ['FLUSHALL'])),
    stop: () => redis.stop(),
  }
}

/** Starts a server that listens on a Unix domain socket. */
export async function startSocketServer(command: string): Promise<RedisTopology> {
  const path = join(await newFolder(), 'redis.sock')
  const redis = await startRedis(command, ['--unixsocket', path])
  return {
    address: `unix://${path}`,
    options: {},
    killPrimary: () => redis.kill(),
    clear: async () => void (await sendCommand(redis.url, ['FLUSHALL'])),
    stop: () => redis.stop(),
  }
}

/** Each topology that one `redis-server` can run. */
export const redisTopologies: readonly (readonly [string, (command: string) => Promise<RedisTopology>])[] = [
  ['Redis Sentinel', startSentinels],
  ['Redis Cluster', startCluster],
  ['Redis with a client certificate', startTlsServer],
  ['Redis on a socket', startSocketServer],
]

function portOf({ url }: Pick<RedisServer, 'url'>): number {
  return Number(new URL(url).port)
}

async function waitFor(url: string, command: string[], text: string): Promise<void> {
  while (!String(await sendCommand(url, command).catch(() => '')).includes(text)) await sleep(50)
}

async function retry(act: () => Promise<unknown>): Promise<void> {
  for (;;) {
    try {
      return void (await act())
    } catch {
      await sleep(50)
    }
  }
}
