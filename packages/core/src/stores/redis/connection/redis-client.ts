// biome-ignore lint/suspicious/noTsIgnore: the comment has no effect in the declarations unless it is this one.
/** @ts-ignore The package is optional. */
import type * as Redis from 'redis'
// biome-ignore lint/suspicious/noTsIgnore: the comment has no effect in the declarations unless it is this one.
/** @ts-ignore The package is optional. */
import type { RedisClientOptions, RedisClientType } from 'redis'
import { OktaConnectError, optionsInvalid } from '../../../errors.js'
import { checkCertificates } from './check-certificates.js'
import type { RedisAddress, RedisHost } from './redis-address.js'

/** Certificates and credentials of a Redis server, instead of those in its address. */
export interface RedisServerOptions {
  /** The certificate authorities that may sign the certificate of the server, in PEM. Default: those of Node. */
  readonly ca?: string
  /** The certificate of this client, in PEM, with its `key`. */
  readonly certificate?: string
  /** The private key of the certificate, in PEM. */
  readonly key?: string
  /** The user of the access control list. Default: the default user. */
  readonly username?: string
  readonly password?: string
  /** For the Sentinels, which can have different users than the Redis server. */
  readonly sentinelUsername?: string
  readonly sentinelPassword?: string
}

/** A client that is connected: of one server, or of a Cluster. */
export interface ConnectedRedis {
  readonly redis: RedisClientType
  /** Whether the connection keeps the process alive. */
  setRef(isRef: boolean): void
  destroy(): void
}

/** How to open a client. */
export interface ClientRequest {
  readonly address: RedisAddress
  readonly options: RedisServerOptions
  readonly connectTimeoutMs: number
  /** Called when the connection has ended, or when a node of a Cluster has. */
  onEnd(): void
}

/**
 * Checks that options and an address fit together.
 *
 * @throws {@link OktaConnectError} `options_invalid`
 */
export function checkServerOptions(address: RedisAddress, options: RedisServerOptions): void {
  const { ca, certificate, key, username, password, sentinelUsername, sentinelPassword } = options
  if ((ca ?? certificate ?? key) !== undefined && !address.usesTls) {
    throw optionsInvalid(
      'The Redis certificates have no effect, because the address does not use TLS.',
      'Use rediss://.',
    )
  }
  if ((certificate === undefined) !== (key === undefined)) {
    throw optionsInvalid('The Redis client certificate or its key is missing.', 'Set both, or neither.')
  }
  if ((username ?? password) !== undefined && (address.username ?? address.password) !== undefined) {
    throw optionsInvalid(
      'The Redis user or password is set both in the address and in the options.',
      'Set it only once.',
    )
  }
  if ((sentinelUsername ?? sentinelPassword) !== undefined && address.topology !== 'sentinel') {
    throw optionsInvalid(
      'A Sentinel user or password is set, but the address does not use Sentinel.',
      'Use redis-sentinel://.',
    )
  }
  checkCertificates(options)
}

/** The options of a client for one server, without its host. */
export function clientOptionsFor(
  { usesTls, database, ...address }: RedisAddress,
  { ca, certificate, key, username = address.username, password = address.password }: RedisServerOptions,
  connectTimeout: number,
): RedisClientOptions {
  const tls = usesTls && {
    tls: true as const,
    ...(ca !== undefined && { ca }),
    ...(certificate !== undefined && { cert: certificate }),
    ...(key !== undefined && { key }),
  }
  return {
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
    ...(database !== 0 && { database }),
    disableOfflineQueue: true,
    // Attempts of the client itself would keep the process alive.
    socket: { connectTimeout, reconnectStrategy: false, ...tls },
  } as RedisClientOptions
}

/**
 * Connects to one server.
 *
 * @param place a host, or the path of a Unix domain socket.
 */
export async function connectToServer(
  place: RedisHost | string,
  options: RedisClientOptions,
  closed: AbortSignal,
  onEnd: () => void,
): Promise<RedisClientType> {
  const { createClient } = await loadRedis()
  const where = typeof place === 'string' ? { path: place, tls: false } : place
  const redis = createClient({
    ...options,
    socket: { ...options.socket, ...where },
  } as RedisClientOptions) as RedisClientType
  // An error also reaches the command that waits for an answer.
  redis.on('error', onEnd).on('end', onEnd)
  const end = () => destroy(redis)
  // A socket that is not connected yet is not destroyed.
  closed.addEventListener('abort', end, { once: true })
  redis.on('connect', () => closed.aborted && end())
  try {
    await redis.connect()
    return redis
  } catch (error) {
    end()
    throw error
  } finally {
    closed.removeEventListener('abort', end)
  }
}

/** Ends a client. */
export function destroy(client: { destroy(): unknown }): void {
  try {
    client.destroy()
  } catch {
    // The client throws if it is closed already.
  }
}

/** Loads the optional package. */
export async function loadRedis(): Promise<typeof Redis> {
  try {
    return await import('redis')
  } catch (cause) {
    const { code, message = '' } = Object(cause) as Partial<NodeJS.ErrnoException>
    const isMissing = code === 'ERR_MODULE_NOT_FOUND' && /'redis'/.test(message)
    throw new OktaConnectError(
      'store_failed',
      `The optional package redis ${isMissing ? 'is not installed' : 'cannot be loaded'}.`,
      {
        hint: isMissing
          ? 'Install it: npm install redis'
          : 'See the cause of this error. If your program is a bundle, exclude the package redis from it.',
        cause,
      },
    )
  }
}
