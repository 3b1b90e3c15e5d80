import { type Environment, listProfiles, oktaScopes } from '@connect-okta/core/profiles'
import { type Login, listLogins, openStore } from '@connect-okta/core/stores'
import type { Options } from 'yargs'
import type { FlagTable } from '../command.js'
import { flagsOf } from '../command-line/command-flags.js'
import { commandList } from '../command-list.js'
import { toolNames } from '../tools/tools.js'

/** A candidate, and its description. */
type Candidate = readonly [value: string, description?: string]

const anyFile = ':files'

// The values of flags and arguments without choices, by name.
const sources: Readonly<Record<string, (environment: Environment) => Promise<readonly string[]>>> = {
  profile: profileNames,
  name: profileNames,
  scopes: knownScopes,
  for: async () => toolNames.map(tool => tool.replace(/NAME$/, '')),
  store: async () => ['auto', 'file', 'memory', 'redis://'],
  method: async () => ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', '/api/v1/'],
  path: async () => ['/api/v1/users', '/api/v1/groups', '/api/v1/apps', '/api/v1/logs'],
}

/**
 * Completes the word at the cursor.
 *
 * @param before the words before it, without the program's own name.
 * @param last the beginning of the word at the cursor.
 * @param environment has the profiles.
 * @returns one candidate on each line, with a tab before its description; or `:files` for file names.
 */
export async function complete(before: readonly string[], last: string, environment: Environment): Promise<string> {
  const candidates = await candidatesFor(before, last, environment)
  return candidates
    .map(([value, description = '']) => (value === anyFile ? value : `${value}\t${description}`))
    .join('\n')
}

async function candidatesFor(
  before: readonly string[],
  last: string,
  environment: Environment,
): Promise<readonly Candidate[]> {
  const name = before.find(word => !word.startsWith('-'))
  const listed = commandList.find(({ usage }) => nameIn(usage) === name)
  const command = (await listed?.load())?.command
  const flags: FlagTable = { ...flagsOf(command), help: { type: 'boolean', describe: 'Show help' } }

  // The name of another program, and its arguments.
  if (command?.programUsage !== undefined && before.includes('--')) return [[anyFile]]

  // bash splits a word at each equals sign.
  const at = last === '=' ? before.length : before.at(-1) === '=' ? before.length - 1 : undefined
  if (at !== undefined)
    return startingWith(last === '=' ? '' : last, await valuesOf(before[at - 1] ?? '', flags, environment))
  const [, flag, value] = /^(--[^=]+)=(.*)$/.exec(last) ?? []
  if (flag !== undefined && value !== undefined) {
    const values = startingWith(value, await valuesOf(flag, flags, environment))
    return values.map(([one, description]) => (one === anyFile ? [one] : [`${flag}=${one}`, description ?? '']))
  }
  if (last.startsWith('-')) return startingWith(last, flagsNotIn(before, flags))

  const open = flagAtCursor(before, flags)
  if (open !== undefined) return startingWith(last, await valuesOf(open, flags, environment))
  if (listed !== undefined) {
    const positionals = listed.usage.split(' ').slice(1)
    const given = positionalsIn(before, flags).slice(1)
    const next = positionals[given.length]?.replace(/[<>[\]]/g, '')
    return next === undefined ? [] : startingWith(last, await valuesIn(next, command?.positionals?.[next], environment))
  }
  if (name !== undefined) return []
  return startingWith(
    last,
    commandList.map(({ usage, describe }) => [nameIn(usage), describe]),
  )
}

function flagsNotIn(before: readonly string[], flags: FlagTable): readonly Candidate[] {
  return Object.entries(flags)
    .filter(([, { hidden }]) => hidden !== true)
    .map(([name, flag]) => ({ ...flag, spelling: flag.default === true ? `--no-${name}` : `--${name}` }))
    .filter(({ array, spelling }) => array || !before.includes(spelling))
    .map(({ spelling, describe }) => [spelling, describe ?? ''])
}

async function valuesOf(flag: string, flags: FlagTable, environment: Environment): Promise<readonly Candidate[]> {
  const [name, option] = findFlag(flag, flags) ?? []
  return name === undefined ? [] : await valuesIn(name, option, environment)
}

async function valuesIn(
  name: string,
  { choices }: Pick<Options, 'choices'> = {},
  environment: Environment,
): Promise<readonly Candidate[]> {
  if (/(^|-)file$|^(input|config)$/.test(name)) return [[anyFile]]
  const values = choices ?? (await sources[name]?.(environment)) ?? []
  return values.map(value => [String(value)])
}

function findFlag(flag: string, flags: FlagTable): readonly [name: string, option: Options] | undefined {
  const name = flag.replace(/^--?/, '')
  return Object.entries(flags).find(([canonical, { alias }]) => canonical === name || alias === name)
}

// The flag whose value is at the cursor.
function flagAtCursor(before: readonly string[], flags: FlagTable): string | undefined {
  const flag = before.at(-1)
  if (flag === undefined || !flag.startsWith('-') || flag.includes('=') || flag === '--') return undefined
  const [, option] = findFlag(flag, flags) ?? []
  return option === undefined || option.type === 'boolean' ? undefined : flag
}

function positionalsIn(before: readonly string[], flags: FlagTable): readonly string[] {
  return before.filter(
    (word, index) => !word.startsWith('-') && flagAtCursor(before.slice(0, index), flags) === undefined,
  )
}

function startingWith(beginning: string, candidates: readonly Candidate[]): readonly Candidate[] {
  return candidates.filter(([value]) => value === anyFile || value.startsWith(beginning))
}

function nameIn(usage: string): string {
  return usage.split(' ')[0] ?? usage
}

async function profileNames(environment: Environment): Promise<readonly string[]> {
  return (await listProfiles(environment).catch(() => [])).map(({ name }) => name)
}

// The scopes of Okta, and the scopes that were used before.
async function knownScopes(environment: Environment): Promise<readonly string[]> {
  const profiles = await listProfiles(environment).catch(() => [])
  const logins = await storedLogins(environment).catch(() => [])
  const known = [...profiles.flatMap(({ profile }) => profile.scopes ?? []), ...logins.flatMap(({ scopes }) => scopes)]
  return [...new Set([...known, ...oktaScopes])]
}

async function storedLogins(environment: Environment): Promise<readonly Login[]> {
  return await listLogins({ store: openStore('file', { environment }) })
}
