import type { RedisClientType, RedisClusterType } from 'redis'
import { type ClientRequest, type ConnectedRedis, clientOptionsFor, destroy, loadRedis } from './redis-client.js'

/**
 * Connects to a Cluster. A command goes to the node of its keys; SCAN goes through all primaries. When a connection to a node ends,
 * the whole client is opened again, which finds the new primary.
 *
 * @see https://redis.io/docs/latest/operate/oss_and_stack/reference/cluster-spec/
 */
export async function connectToCluster(
  { address, options, connectTimeoutMs, onEnd }: ClientRequest,
  closed: AbortSignal,
): Promise<ConnectedRedis> {
  const { createCluster } = await loadRedis()
  const cluster = createCluster({
    rootNodes: address.hosts.map(host => ({ socket: { ...host } })),
    // Also for the nodes that the Cluster names.
    defaults: clientOptionsFor(address, options, connectTimeoutMs) as object,
    // A node that is unavailable does not prevent the use of the others.
    minimizeConnections: true,
  }) as unknown as RedisClusterType
  let lastError: unknown
  cluster.on('error', error => {
    lastError = error
  })
  const end = () => destroy(cluster)
  closed.addEventListener('abort', end, { once: true })
  try {
    await cluster.connect()
  } catch (error) {
    end()
    // The error of node-redis does not contain why no node could be used.
    throw lastError ?? error
  } finally {
    closed.removeEventListener('abort', end)
  }
  let isRef = true
  const setRef = () => {
    for (const { client } of cluster.masters) isRef ? client?.ref() : client?.unref()
  }
  cluster.on('node-error', onEnd).on('node-disconnect', onEnd).on('node-ready', setRef)
  return {
    // The client of a Cluster has the same commands.
    redis: cluster as unknown as RedisClientType,
    setRef(value) {
      isRef = value
      setRef()
    },
    destroy: end,
  }
}

/** The client of each primary of a Cluster; `undefined` for the client of one server. */
export async function primariesOf(redis: RedisClientType): Promise<readonly RedisClientType[] | undefined> {
  if (!('masters' in redis)) return undefined
  const cluster = redis as unknown as RedisClusterType
  return (await Promise.all(cluster.masters.map(node => cluster.nodeClient(node)))) as unknown as RedisClientType[]
}
