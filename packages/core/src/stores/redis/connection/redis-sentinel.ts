import type { RedisClientType } from 'redis'
import type { RedisHost } from './redis-address.js'
import { type ClientRequest, clientOptionsFor, connectToServer, destroy } from './redis-client.js'

/**
 * Connects to the primary that the Sentinels name. After a failover, its connection ends or rejects writes (READONLY): then a new
 * connection is opened in the same way. Not by the Sentinel client of node-redis, which keeps the process alive.
 *
 * @see https://redis.io/docs/latest/develop/reference/sentinel-clients/
 */
export async function connectToPrimary(
  { address, options, connectTimeoutMs, onEnd }: ClientRequest,
  closed: AbortSignal,
): Promise<RedisClientType> {
  const { sentinelUsername, sentinelPassword, ...ofRedis } = options
  // A Sentinel that is cut off from the others does not use up the whole time.
  const sentinelTimeoutMs = Math.ceil(connectTimeoutMs / 3)
  const ofSentinel = clientOptionsFor(
    { ...address, database: 0, username: undefined, password: undefined },
    {
      ...ofRedis,
      ...withoutUser,
      ...(sentinelUsername !== undefined && { username: sentinelUsername }),
      ...(sentinelPassword !== undefined && { password: sentinelPassword }),
    },
    sentinelTimeoutMs,
  )
  const answers = await Promise.allSettled(
    address.hosts.map(host => askSentinel(host, String(address.masterName), ofSentinel, closed, sentinelTimeoutMs)),
  )
  let failure: unknown
  const tried = new Set<string>()
  for (const answer of answers) {
    if (answer.status === 'rejected') {
      failure ??= answer.reason
      continue
    }
    const { host, port } = answer.value
    if (tried.has(`${host}:${port}`)) continue
    tried.add(`${host}:${port}`)
    try {
      return await connectIfPrimary(answer.value, clientOptionsFor(address, ofRedis, connectTimeoutMs), closed, onEnd)
    } catch (error) {
      failure = error
    }
  }
  throw failure
}

// The password of the Redis is not sent to the Sentinels.
const withoutUser = { username: undefined, password: undefined } as object

async function askSentinel(
  sentinel: RedisHost,
  masterName: string,
  options: ReturnType<typeof clientOptionsFor>,
  closed: AbortSignal,
  timeoutMs: number,
): Promise<RedisHost> {
  const timeout = AbortSignal.any([closed, AbortSignal.timeout(timeoutMs)])
  const client = await connectToServer(sentinel, options, timeout, () => {})
  const end = () => destroy(client)
  timeout.addEventListener('abort', end, { once: true })
  try {
    const answer: unknown = await client.sendCommand(['SENTINEL', 'GET-MASTER-ADDR-BY-NAME', masterName])
    const [host, port] = Array.isArray(answer) ? answer : []
    if (typeof host === 'string' && Number(port) > 0) return { host, port: Number(port) }
    throw new Error('NOMASTER the Sentinel has no primary with this name')
  } finally {
    timeout.removeEventListener('abort', end)
    end()
  }
}

// A Sentinel may not have noticed a failover yet.
async function connectIfPrimary(
  host: RedisHost,
  options: ReturnType<typeof clientOptionsFor>,
  closed: AbortSignal,
  onEnd: () => void,
): Promise<RedisClientType> {
  const client = await connectToServer(host, options, closed, onEnd)
  try {
    const { role } = (await client.hello()) as { role?: unknown }
    if (role === 'master') return client
    throw new Error('READONLY the Sentinel named a replica')
  } catch (error) {
    destroy(client)
    throw error
  }
}
