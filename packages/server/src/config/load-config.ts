import { readFile } from 'node:fs/promises'
import { dirname, isAbsolute, join } from 'node:path'
import {
  type ConnectOptions,
  connectOptionsOf,
  listProfiles,
  type OktaConnectError,
  type ResolvedSettings,
  readSettings,
  type Settings,
} from '@connect-okta/core'
import { parse } from 'yaml'
import { parseCaller } from '../callers/caller.js'
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
  return { file: parseConfigFile(await readYaml(path), path), place: path, directory: dirname(path) }
}

/** The connections of a configuration, with their secrets. */
export async function connectionsOf({ file, place, directory }: FoundConfig): Promise<readonly ConnectionConfig[]> {
  const connections: ConnectionConfig[] = []
  for (const [name, settings] of Object.entries(file.connections)) {
    const { signIn = [], ...rest } = settings
    const options = await optionsOf(rest, directory, `${place}.connections.${name}`)
    if (isApiToken(options) && signIn.length > 0) throw notOfApiToken(`${place}.connections.${name}`, 'signIn')
    connections.push({ name, options, signIn: signIn.map(one => one.toLowerCase()).concat(signIn) })
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
      const isElsewhere = jwks !== undefined && 'file' in jwks && typeof jwks.file === 'string'
      return parseCaller(name, settings, isElsewhere ? await readYaml(placed(jwks.file as string, directory)) : jwks)
    }),
  )
}

async function optionsOf({ profile, ...own }: Omit<ConnectionSettings, 'signIn'>, directory: string, place: string) {
  const given = Object.fromEntries(
    Object.entries(own).map(([name, value]) => [name, isFile(value) ? { file: placed(value.file, directory) } : value]),
  ) as Settings
  // Without a profile, what else is configured for this user is not mixed in.
  const settings =
    profile === undefined
      ? { values: given, origins: originsOf(given, () => 'the configuration'), profile }
      : await merged(given, profile)
  requireOnlyOfApiToken(settings, place)
  return await connectOptionsOf(settings)
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

/** A path of the configuration, from its folder. */
export function placed(path: string, directory: string): string {
  return isAbsolute(path) || path.startsWith('~') ? path : join(directory, path)
}

async function readYaml(path: string): Promise<unknown> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (cause) {
    throw configInvalid(`${path} cannot be read (${(cause as NodeJS.ErrnoException).code}).`, cause)
  }
  try {
    // A few hundred bytes of aliases can be a billion names. Warnings would show lines of the file on stderr.
    return parse(text, { maxAliasCount: 20, logLevel: 'error' })
  } catch (cause) {
    const { linePos } = cause as { linePos?: readonly { readonly line: number }[] }
    throw configInvalid(`${path}: line ${linePos?.[0]?.line ?? '?'} is no YAML.`)
  }
}
