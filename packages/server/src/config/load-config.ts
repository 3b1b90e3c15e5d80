import { dirname } from 'node:path'
import type { ConnectOptions, OktaConnectError } from '@connect-okta/core'
import {
  currentEnvironment,
  decodeText,
  isSignerReference,
  listProfiles,
  parseSignerReference,
  parseYaml,
  type ResolvedSettings,
  readSettings,
  type Settings,
} from '@connect-okta/core/profiles'
import type { Notify } from '@connect-okta/core/types'
import { parseClient } from '../clients/client.js'
import { readKeys } from '../clients/client-keys.js'
import { isLoopbackHost } from '../http/loopback-host.js'
import type { BrokerConfig, ConnectionConfig } from './broker-config.js'
import {
  type ConfigFile,
  type ConnectionSettings,
  configInvalid,
  type ParsedConfig,
  parseConfigFile,
} from './config-file.js'
import { forConnection } from './connection-error.js'
import { connectionOf } from './connection-options.js'
import { readBytes, requireNotWritable, requireOwnedByRoot, requireReadable, resolvePath } from './files.js'
import { durationMs } from './format/duration.js'
import { allowedHosts, issuerOf, type ListenAddress } from './listen-address.js'
import { loadIssuers } from './load-issuers.js'

/** A parsed configuration, before its secrets are read. */
export interface LoadedConfig extends ParsedConfig {
  /** The settings of the connection `default`, from the variables of this process: they may contain secrets. */
  readonly variables?: ResolvedSettings
  /** The client that was created for a broker without a configuration file. */
  readonly localClient?: { readonly name: string; readonly secret: string }
}

/**
 * Reads a configuration file.
 *
 * @throws {@link OktaConnectError} `options_invalid`
 */
export async function readConfigFile(path: string): Promise<LoadedConfig> {
  await requireNotWritable(path)
  const content = await parseYaml(decodeText(await readBytes(path, '--config')), path)
  const config = parseConfigFile(content, path)
  const hasCommand = Object.values(config.connections).some(({ key }) => key?.command !== undefined)
  if (hasCommand) await requireOwnedByRoot(path)
  return { file: config, source: path, directory: dirname(path) }
}

/**
 * Resolves a configuration: reads its keys and secrets.
 *
 * @param address the address that the broker listens on.
 * @throws {@link OktaConnectError} `options_invalid`, `private_key_invalid`
 */
export async function resolveConfig(
  config: LoadedConfig,
  address: ListenAddress,
  notify: Notify,
): Promise<BrokerConfig> {
  const { file, source } = config
  const issuer = issuerOf(file, address)
  const clients = await loadClients(config)
  if (clients.length === 0) throw configInvalid(`${source}: clients must list at least one client.`)
  return {
    issuer,
    clients,
    issuers: await loadIssuers(config),
    arePagesPrivate: address.isLoopback && file.behindProxy === undefined && isLoopbackHost(new URL(issuer).hostname),
    connections: await loadConnections(config, notify),
    behindProxy: file.behindProxy ?? [],
    metricsFrom: file.metricsFrom,
    hosts: allowedHosts(issuer, address),
    logRequests: file.log.requests,
  }
}

/** @throws {@link OktaConnectError} `options_invalid` when a setting has changed that requires a restart. */
export function requireUnchanged({ file: old }: LoadedConfig, { file: next, source }: LoadedConfig): void {
  const hasTls = ({ tls }: ConfigFile) => tls !== undefined
  for (const name of ['listen', 'store'] as const) {
    if (JSON.stringify(old[name]) !== JSON.stringify(next[name]))
      throw configInvalid(`${source}: changing ${name} requires a restart.`)
  }
  if (hasTls(old) !== hasTls(next)) throw configInvalid(`${source}: a change of tls requires a restart.`)
}

/** Resolves the connections of a configuration, with their secrets. */
export async function loadConnections(
  { file, source, directory, variables }: LoadedConfig,
  notify: Notify = () => {},
): Promise<readonly ConnectionConfig[]> {
  const connections: ConnectionConfig[] = []
  for (const [name, { signIn = [], key: { managed, ...key } = {}, ...rest }] of Object.entries(file.connections)) {
    const connection = await forConnection(name, async () => {
      const place = `${source}.connections.${name}`
      const settings = variables ?? (await settingsOf(withKey(rest, key, place, directory), directory, place))
      requireApp(settings)
      if (managed !== undefined) requireNoCredential(settings)
      return await connectionOf(settings, notify)
    })
    if (isApiToken(connection.options) && signIn.length > 0)
      throw noEffectOnApiToken(`${source}.connections.${name}`, 'signIn')
    connections.push({
      name,
      ...connection,
      signIn,
      ...(managed !== undefined && { managedKey: managedKeyOf(managed) }),
    })
  }
  return connections
}

/**
 * Resolves the clients of a configuration, with their keys.
 *
 * @throws {@link OktaConnectError} `options_invalid`, also when a client lists an unknown connection.
 */
export async function loadClients({ file, source, directory }: LoadedConfig) {
  return await Promise.all(
    Object.entries(file.clients).map(async ([name, settings]) => {
      const names = Object.keys(file.connections).join(', ')
      const missing = settings.connections.find(one => !Object.hasOwn(file.connections, one))
      if (missing !== undefined)
        throw configInvalid(`${source}.clients.${name}: unknown connection ${missing}. The connections are ${names}.`)
      const { jwks } = settings
      if (!isFile(jwks)) return parseClient(name, settings)
      const bytes = await readBytes(resolvePath(jwks.file, directory), `${source}.clients.${name}.jwks`)
      return parseClient(name, settings, await readKeys(bytes, jwks.file))
    }),
  )
}

function withKey(
  settings: Omit<ConnectionSettings, 'signIn' | 'key'>,
  key: object,
  place: string,
  directory: string,
): Omit<ConnectionSettings, 'signIn' | 'key'> & Pick<Settings, 'key'> {
  if (isSignerReference(key)) return { ...settings, key: parseSignerReference({ ...key }, `${place}.key`, directory) }
  return isFile(key) || isKeyring(key) ? { ...settings, key } : settings
}

function requireApp({ values, profile }: ResolvedSettings): void {
  if (values.broker === undefined) return
  const from = profile === undefined ? 'CONNECT_OKTA_BROKER is set' : `the profile ${profile} has a broker`
  throw configInvalid(`${from}: a broker cannot get tokens from another broker. Use the settings of an app.`)
}

function requireNoCredential({ values }: ResolvedSettings): void {
  const names = ['key', 'keyId', 'keyPassphrase', 'clientSecret', 'apiToken'] as const
  const other = names.find(name => values[name] !== undefined)
  if (other === undefined) return
  throw configInvalid(`${other} has no effect on a connection with a managed key. Remove one of the two.`)
}

function managedKeyOf({ rotateEvery, publishBefore }: { rotateEvery: string; publishBefore: string }) {
  return { rotateEveryMs: durationMs(rotateEvery), publishBeforeMs: durationMs(publishBefore) }
}

async function settingsOf(
  { profile, ...own }: Omit<ConnectionSettings, 'signIn' | 'key'>,
  directory: string,
  location: string,
) {
  const given = inFolder(own, directory)
  // Without a profile, no other settings of this user apply.
  const settings =
    profile === undefined
      ? { values: given, origins: originsOf(given, () => 'the configuration'), profile }
      : await merged(given, profile)
  requireEffectOnApiToken(settings, location)
  for (const [name, value] of Object.entries(given))
    if (isFile(value)) await requireReadable(value.file, `${location}.${name}`)
  return settings
}

// A static API token has the rights of the user who created it. Scopes, a client or a key would seem to limit or protect it, and
// have no effect.
function requireEffectOnApiToken({ values, origins }: ResolvedSettings, location: string): void {
  if (values.apiToken === undefined) return
  const allowed = new Set(['tenant', 'apiToken', ...(values.grant === 'api_token' ? ['grant'] : [])])
  for (const [name, value] of Object.entries(values)) {
    if (value === undefined || allowed.has(name)) continue
    throw noEffectOnApiToken(location, name, origins[name as keyof Settings])
  }
}

function noEffectOnApiToken(location: string, setting: string, origin = 'the configuration'): OktaConnectError {
  const from = origin === 'the configuration' ? '' : ` (${origin})`
  return configInvalid(`${location}: ${setting}${from} has no effect on a static API token. Remove one of the two.`)
}

/** Whether a connection uses a static API token. */
export function isApiToken(options: ConnectOptions): boolean {
  return 'apiToken' in options
}

async function merged(given: Settings, profile: string): Promise<ResolvedSettings> {
  const found = (await listProfiles()).find(({ name }) => name === profile)
  if (found === undefined) return await readSettings(given, { profile })
  const ofProfile = inFolder(found.profile, currentEnvironment().configDirectory)
  const { redirectUri: _redirectUri, store: _store, ...values } = { ...ofProfile, ...given }
  const originOf = (name: string) => (name in given ? 'the configuration' : `profile ${profile}`)
  return { values, origins: originsOf(values, originOf), profile }
}

// A relative path counts from the folder of the file that it is in.
function inFolder(settings: object, directory: string): Settings {
  return Object.fromEntries(
    Object.entries(settings).map(([name, value]) => [
      name,
      isFile(value) ? { file: resolvePath(value.file, directory) } : value,
    ]),
  )
}

function originsOf(values: Settings, originOf: (name: string) => string): ResolvedSettings['origins'] {
  return Object.fromEntries(Object.keys(values).map(name => [name, originOf(name)]))
}

function isKeyring(value: object): value is { readonly keyring: string } {
  return 'keyring' in value
}

function isFile(value: unknown): value is { readonly file: string } {
  return typeof value === 'object' && value !== null && 'file' in value && typeof value.file === 'string'
}
