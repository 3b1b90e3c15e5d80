import { readFile } from 'node:fs/promises'
import { dirname, isAbsolute, join } from 'node:path'
import { connectOptionsOf, listProfiles, readSettings, type Settings } from '@connect-okta/core'
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
export async function connectionsOf({ file, directory }: FoundConfig): Promise<readonly ConnectionConfig[]> {
  const connections: ConnectionConfig[] = []
  for (const [name, settings] of Object.entries(file.connections)) {
    const { signIn = [], ...rest } = settings
    const options = await optionsOf(rest, directory)
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

async function optionsOf({ profile, ...own }: Omit<ConnectionSettings, 'signIn'>, directory: string) {
  const given = Object.fromEntries(
    Object.entries(own).map(([name, value]) => [name, isFile(value) ? { file: placed(value.file, directory) } : value]),
  ) as Settings
  // Without a profile, what else is configured for this user is not mixed in.
  const settings =
    profile === undefined
      ? { values: given, origins: originsOf(given, () => 'the configuration'), profile }
      : await merged(given, profile)
  return await connectOptionsOf(settings)
}

async function merged(given: Settings, profile: string) {
  const found = (await listProfiles()).find(({ name }) => name === profile)
  if (found === undefined) return await readSettings(given, { profile })
  const { redirectUri: _listener, store: _elsewhere, ...values } = { ...found.profile, ...given }
  return { values, origins: originsOf(values, () => `profile ${profile}`), profile }
}

function originsOf(values: Settings, originOf: () => string) {
  return Object.fromEntries(Object.keys(values).map(name => [name, originOf()]))
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
