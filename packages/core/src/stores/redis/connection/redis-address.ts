import { type OktaConnectError, optionsInvalid } from '../../../errors.js'
import { quoted } from '../../../safe-text.js'

/** A host and a port. */
export interface RedisHost {
  readonly host: string
  readonly port: number
}

/** An address of a Redis, parsed. */
export interface RedisAddress {
  readonly topology: 'single' | 'sentinel' | 'cluster'
  readonly usesTls: boolean
  /** The server, the Sentinels, or some nodes of the Cluster. Empty for a socket. */
  readonly hosts: readonly RedisHost[]
  /** The path of a Unix domain socket. */
  readonly socketPath: string | undefined
  readonly database: number
  readonly username: string | undefined
  readonly password: string | undefined
  /** The name of the primary at the Sentinels. */
  readonly masterName: string | undefined
  /** The address without a username and password, for messages. */
  readonly location: string
}

const schemePattern = /^(rediss?|rediss?-sentinel|rediss?-cluster|unix):\/\//i
const addressPattern =
  /^(?<scheme>[a-z-]+):\/\/(?:(?<user>[^@/?#]*)@)?(?<authority>[^@/?#]*)(?<path>\/[^?#]*)?(?:\?(?<query>[^#]*))?$/i
const hostPattern = /^(?:\[(?<v6>[0-9a-f:.]+)\]|(?<name>[a-z0-9._-]+))(?::(?<port>\d{1,5}))?$/i

/**
 * Returns whether text begins with the scheme of a Redis address.
 *
 * @example
 * isRedisAddress('redis-sentinel://10.0.0.1,10.0.0.2/0?master=okta') // true
 */
export function isRedisAddress(text: string): boolean {
  return schemePattern.test(text)
}

/**
 * Parses the address of a Redis.
 *
 * @throws {@link OktaConnectError} `options_invalid` with the part that is not supported, never with the password
 */
export function parseRedisAddress(address: string): RedisAddress {
  const parts = isRedisAddress(address) ? addressPattern.exec(address)?.groups : undefined
  if (parts === undefined) throw malformed('is malformed')
  const { scheme = '', user, authority = '', path = '', query = '' } = parts
  const [protocol = '', kind] = scheme.toLowerCase().split('-')
  const topology = kind === 'sentinel' || kind === 'cluster' ? kind : 'single'
  const isSocket = protocol === 'unix'
  if (isSocket && (authority !== '' || path.length < 2)) throw malformed('has no socket path')
  const hosts = isSocket ? [] : hostsIn(authority, topology === 'sentinel' ? 26379 : 6379)
  if (topology === 'single' && hosts.length > 1) throw malformed('has several hosts')
  const parameters = parametersIn(query, isSocket ? ['db'] : topology === 'sentinel' ? ['master'] : [])
  if (topology === 'sentinel' && !parameters.master) throw malformed('does not name the primary: ?master=NAME')
  const database = databaseIn(isSocket ? (parameters.db ?? '') : path.replace(/^\//, ''))
  if (topology === 'cluster' && database !== 0) throw malformed('has a database: a Cluster has only one')
  const shownQuery = query === '' ? '' : `?${query}`
  return {
    topology,
    usesTls: protocol === 'rediss',
    hosts,
    socketPath: isSocket ? decoded(path) : undefined,
    database,
    ...credentialsIn(user),
    masterName: parameters.master,
    location: `${scheme.toLowerCase()}://${authority}${path}${shownQuery}`,
  }
}

function hostsIn(authority: string, defaultPort: number): readonly RedisHost[] {
  return authority.split(',').map(text => {
    const { v6, name, port } = hostPattern.exec(text)?.groups ?? {}
    const host = v6 ?? name
    const number = port === undefined ? defaultPort : Number(port)
    if (host === undefined || number < 1 || number > 65_535) throw malformed('has an invalid host or port')
    return { host, port: number }
  })
}

function credentialsIn(user: string | undefined): Pick<RedisAddress, 'username' | 'password'> {
  const [name = '', ...rest] = user?.split(':') ?? []
  const password = rest.join(':')
  return {
    username: name === '' ? undefined : decoded(name),
    password: password === '' ? undefined : decoded(password),
  }
}

function parametersIn(query: string, known: readonly string[]): Readonly<Record<string, string>> {
  const parameters: Record<string, string> = {}
  for (const [name, value] of new URLSearchParams(query)) {
    if (!known.includes(name)) throw malformed(`has the parameter ${quoted(name)}, which is not supported`)
    parameters[name] = value
  }
  return parameters
}

function databaseIn(text: string): number {
  if (/^\d{0,5}$/.test(text)) return Number(text)
  throw malformed('has a database that is not a number')
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw malformed('has an invalid percent-encoding')
  }
}

function malformed(reason: string): OktaConnectError {
  return optionsInvalid(
    `The Redis address ${reason}.`,
    'Use redis://HOST:PORT/DATABASE, unix:///PATH?db=DATABASE, redis-sentinel://HOST,HOST/DATABASE?master=NAME or ' +
      'redis-cluster://HOST,HOST. With TLS: rediss://, rediss-sentinel://, rediss-cluster://.',
  )
}
