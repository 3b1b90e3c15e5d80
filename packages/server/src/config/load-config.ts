import { access, constants, readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, isAbsolute, join } from 'node:path'
import type { ConnectOptions, OktaConnectError } from '@connect-okta/core'
import {
  connectOptionsOf,
  listProfiles,
  type ResolvedSettings,
  readSettings,
  requireConnectOptions,
  type Settings,
} from '@connect-okta/core/profiles'
import type { Notify } from '@connect-okta/core/types'
import { parse } from 'yaml'
import { parseCaller } from '../clients/client.js'
import type { ConnectionConfig } from './broker-config.js'
import { type ConfigFile, type ConnectionSettings, configInvalid, parseConfigFile } from './config-file.js'

/** A configuration as it was read, and the folder that its paths begin in. */
export interface FoundConfig {
  readonly file: ConfigFile
  /** For messages. */
  readonly place: string
  readonly directory: string
}

/**
 * Reads a configuration file.
 *
 * @throws {@link OktaConnectError} `options_invalid`
 */
export async function readConfigFile(path: string): Promise<FoundConfig> {
  return { file: parseConfigFile(await readYaml(path, '--config'), path), place: path, directory: dirname(path) }
}

/** The connections of a configuration, with their secrets. */
export async function connectionsOf(
  { file, place, directory }: FoundConfig,
  notify: Notify = () => {},
): Promise<readonly ConnectionConfig[]> {
  const connections: ConnectionConfig[] = []
  for (const [name, { signIn = [], ...rest }] of Object.entries(file.connections)) {
    const settings = await settingsOf(rest, directory, `${place}.connections.${name}`)
    const options = requireConnectOptions(await connectOptionsOf(settings, { notify }))
    if (isApiToken(options) && signIn.length > 0) throw notOfApiToken(`${place}.connections.${name}`, 'signIn')
    connections.push({ name, options, signIn })
  }
  return connections
}

/**
 * The callers of a configuration, with their keys.
 *
 * @throws {@link OktaConnectError} `options_invalid` also for a caller of a connection that there is not.
 */
export async function callersOf({ file, place, directory }: FoundConfig) {
  return await Promise.all(
    Object.entries(file.callers).map(async ([name, settings]) => {
      const missing = settings.connections.find(one => !Object.hasOwn(file.connections, one))
      if (missing !== undefined) throw configInvalid(`${place}.callers.${name}: there is no connection ${missing}.`)
      const { jwks } = settings
      const readKeys = (file: string) => readYaml(placed(file, directory), `${place}.callers.${name}.jwks`)
      const isElsewhere = jwks !== undefined && 'file' in jwks && typeof jwks.file === 'string'
      return parseCaller(name, settings, isElsewhere ? await readKeys(jwks.file as string) : jwks)
    }),
  )
}

async function settingsOf({ profile, ...own }: Omit<ConnectionSettings, 'signIn'>, directory: string, place: string) {
  const given = Object.fromEntries(
    Object.entries(own).map(([name, value]) => [name, isFile(value) ? { file: placed(value.file, directory) } : value]),
  ) as Settings
  // Without a profile, what else is configured for this user is not mixed in.
  const settings =
    profile === undefined
      ? { values: given, origins: originsOf(given, () => 'the configuration'), profile }
      : await merged(given, profile)
  requireOnlyOfApiToken(settings, place)
  for (const [name, value] of Object.entries(given))
    if (isFile(value)) await requireReadable(value.file, `${place}.${name}`)
  return settings
}

// A static API token has the rights of the user who created it: a scope, a client or a key would seem to limit or protect
// it, and change nothing.
function requireOnlyOfApiToken({ values, origins }: ResolvedSettings, place: string): void {
  if (values.apiToken === undefined) return
  const allowed = new Set(['tenant', 'apiToken', ...(values.grant === 'api_token' ? ['grant'] : [])])
  for (const [name, value] of Object.entries(values)) {
    if (value === undefined || allowed.has(name)) continue
    throw notOfApiToken(place, name, origins[name as keyof Settings])
  }
}

function notOfApiToken(place: string, setting: string, origin = 'the configuration'): OktaConnectError {
  const from = origin === 'the configuration' ? '' : ` (${origin})`
  return configInvalid(`${place}: ${setting}${from} has no effect on a static API token. Remove one of the two.`)
}

/** Whether a connection uses a static API token. */
export function isApiToken(options: ConnectOptions): boolean {
  return 'apiToken' in options
}

async function merged(given: Settings, profile: string): Promise<ResolvedSettings> {
  const found = (await listProfiles()).find(({ name }) => name === profile)
  if (found === undefined) return await readSettings(given, { profile })
  const { redirectUri: _listener, store: _elsewhere, ...values } = { ...found.profile, ...given }
  const originOf = (name: string) => (name in given ? 'the configuration' : `profile ${profile}`)
  return { values, origins: originsOf(values, originOf), profile }
}

function originsOf(values: Settings, originOf: (name: string) => string): ResolvedSettings['origins'] {
  return Object.fromEntries(Object.keys(values).map(name => [name, originOf(name)]))
}

function isFile(value: unknown): value is { readonly file: string } {
  return typeof value === 'object' && value !== null && 'file' in value
}

/** A path of the configuration, from its folder or, with `~/`, from the home folder. */
export function placed(path: string, directory: string): string {
  if (!/^~[/\\]/.test(path)) return isAbsolute(path) ? path : join(directory, path)
  const home = homedir()
  // An empty HOME would mean the current folder, which others may have filled.
  if (!isAbsolute(home)) throw configInvalid('A path begins with ~, and this user has no home folder.')
  return join(home, path.slice(2))
}

async function requireReadable(path: string, setting: string): Promise<void> {
  await access(path, constants.R_OK).catch(error => {
    throw fileUnreadable(setting, error)
  })
}

/** The error for a file that cannot be read. Its path is not repeated: it may be a key that was given in its place. */
export function fileUnreadable(setting: string, { code }: NodeJS.ErrnoException): OktaConnectError {
  return configInvalid(`${setting}: the file cannot be read (${code}).`, new Error(`read: ${code}`))
}

async function readYaml(path: string, setting: string): Promise<unknown> {
  const text = await readFile(path, 'utf8').catch(error => {
    throw fileUnreadable(setting, error)
  })
  try {
    // A few hundred bytes of aliases can be a billion names. Warnings would show lines of the file on stderr.
    return parse(text, { maxAliasCount: 20, logLevel: 'error' })
  } catch (cause) {
    const { linePos } = cause as { linePos?: readonly { readonly line: number }[] }
    throw configInvalid(`${path}: line ${linePos?.[0]?.line ?? '?'} is no YAML.`)
  }
}
