import { currentEnvironment, readSecret, type SecretReference } from '@connect-okta/core/profiles'
import { isRedisAddress, type RedisServerOptions } from '@connect-okta/core/stores'
import type { Notify } from '@connect-okta/core/types'
import type { ParsedConfig } from './config-file.js'
import { readBytes, resolvePath } from './files.js'

/** The store of a broker, with its certificates and passwords. */
export interface StoreConfig {
  readonly address: string
  /** For a Redis. */
  readonly redis: RedisServerOptions
  /** Whether the administrator confirms that a Redis that hides its policy evicts nothing. */
  readonly isNoEvictionConfirmed: boolean
}

const fileVariables = {
  ca: 'CONNECT_OKTA_REDIS_CA',
  certificate: 'CONNECT_OKTA_REDIS_CERTIFICATE',
  key: 'CONNECT_OKTA_REDIS_KEY',
} as const
type FileSetting = keyof typeof fileVariables

/**
 * Reads the certificates and the passwords of the store. Without certificates in the configuration, variables name their files.
 *
 * @throws {@link OktaConnectError} `options_invalid`
 */
export async function loadStore(
  { file: { store }, source, directory }: ParsedConfig,
  notify: Notify,
): Promise<StoreConfig> {
  const { address, ca, certificate, key, username, password, sentinelPassword, maxmemoryPolicy } = store
  const isNoEvictionConfirmed = maxmemoryPolicy === 'noeviction'
  if (!isRedisAddress(address)) return { address, redis: {}, isNoEvictionConfirmed }
  const given = { ca, certificate, key }
  const environment = currentEnvironment()
  const { variables } = environment
  const isGiven = Object.values(given).some(path => path !== undefined)
  const pem = async (name: FileSetting) => {
    const path = isGiven ? given[name] : variables[fileVariables[name]] || undefined
    const setting = isGiven ? `${source}.store.${name}` : fileVariables[name]
    return path === undefined
      ? {}
      : { [name]: String(await readBytes(resolvePath(path, isGiven ? directory : '.'), setting)) }
  }
  const secret = async (name: 'password' | 'sentinelPassword', given: SecretReference | undefined) => {
    if (given === undefined) return {}
    const reference = 'file' in given ? { file: resolvePath(given.file, directory) } : given
    return { [name]: await readSecret('clientSecret', reference, `${source}.store.${name}`, { notify, environment }) }
  }
  const redis: RedisServerOptions = {
    ...(await pem('ca')),
    ...(await pem('certificate')),
    ...(await pem('key')),
    ...(username !== undefined && { username }),
    ...(await secret('password', password)),
    ...(await secret('sentinelPassword', sentinelPassword)),
  }
  return { address, redis, isNoEvictionConfirmed }
}
