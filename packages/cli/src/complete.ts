import { listLogins, listProfiles, openStore } from '@connect-okta/core'
import yargs, { type Argv } from 'yargs'
import { commandList } from './command-list.js'
import { describeCommand, withCommonFlags } from './command-yargs.js'
import { oktaScopes } from './okta-scopes.js'

/** A candidate, and what it means. */
type Candidate = readonly [value: string, meaning?: string]

/** What yargs knows of the flags of a command. */
interface Known {
  readonly key: Readonly<Record<string, unknown>>
  readonly choices: Readonly<Record<string, readonly string[]>>
  readonly boolean: readonly string[]
  readonly array: readonly string[]
  readonly alias: Readonly<Record<string, readonly string[]>>
}

const anyFile = ':files'

// What can be known of a value, by the name of its flag.
const sources: Readonly<Record<string, () => Promise<readonly string[]>>> = {
  profile: profileNames,
  name: profileNames,
  scopes: scopesThereAre,
  store: async () => ['auto', 'file', 'memory', 'redis://'],
  method: async () => ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', '/api/v1/'],
  path: async () => ['/api/v1/users', '/api/v1/groups', '/api/v1/apps', '/api/v1/logs'],
}

/**
 * What may stand at the cursor.
 *
 * @param before the words before it, without the program's own name.
 * @param last the beginning of the word at it.
 * @returns a candidate a line, with a tab before what it means; or `:files`.
 */
export async function complete(before: readonly string[], last: string): Promise<string> {
  const candidates = await candidatesFor(before, last)
  return candidates.map(([value, meaning = '']) => (value === anyFile ? value : `${value}\t${meaning}`)).join('\n')
}

async function candidatesFor(before: readonly string[], last: string): Promise<readonly Candidate[]> {
  const command = before.find(word => !word.startsWith('-'))
  const listed = commandList.find(({ usage }) => nameIn(usage) === command)
  const y = withCommonFlags(yargs([]).help().version(false))
  if (listed !== undefined) describeCommand((await listed.load()).command, y)
  const { options, meanings } = whatIsKnown(y)

  // bash makes words of their own of what stands around an equals sign.
  const at = last === '=' ? before.length : before.at(-1) === '=' ? before.length - 1 : undefined
  if (at !== undefined) return begunWith(last === '=' ? '' : last, await valuesOf(before[at - 1] ?? '', options))
  const [, flag, value] = /^(--[^=]+)=(.*)$/.exec(last) ?? []
  if (flag !== undefined && value !== undefined) {
    const values = begunWith(value, await valuesOf(flag, options))
    return values.map(([one, meaning]) => (one === anyFile ? [one] : [`${flag}=${one}`, meaning ?? '']))
  }
  if (last.startsWith('-')) return begunWith(last, flagsOf(options, meanings, before))

  const open = openFlag(before, options)
  if (open !== undefined) return begunWith(last, await valuesOf(open, options))
  if (listed === undefined) {
    return command === undefined
      ? begunWith(
          last,
          commandList.map(({ usage, describe }) => [nameIn(usage), describe]),
        )
      : []
  }
  const positionals = listed.usage.split(' ').slice(1)
  const given = positionalsIn(before, options).slice(1)
  const next = positionals[given.length]?.replace(/[<>[\]]/g, '')
  return next === undefined ? [] : begunWith(last, await valuesOf(next, options))
}

function whatIsKnown(y: Argv): { options: Known; meanings: Readonly<Record<string, string>> } {
  const internals = y as unknown as {
    getOptions(): Known
    getInternalMethods(): { getUsageInstance(): { getDescriptions(): Record<string, string> } }
  }
  return {
    options: internals.getOptions(),
    meanings: internals.getInternalMethods().getUsageInstance().getDescriptions(),
  }
}

function flagsOf(
  options: Known,
  meanings: Readonly<Record<string, string>>,
  before: readonly string[],
): readonly Candidate[] {
  return Object.keys(options.key)
    .filter(name => name.length > 1 && meanings[name] !== undefined && !positionalNames.has(name))
    .filter(name => options.array.includes(name) || !before.includes(`--${name}`))
    .map(name => [`--${name}`, (meanings[name] ?? '').replace('__yargsString__:', '')])
}

// Of positionals yargs knows the same as of flags.
const positionalNames = new Set(commandList.flatMap(({ usage }) => usage.match(/(?<=[<[])\w+/g) ?? []))

async function valuesOf(flag: string, options: Known): Promise<readonly Candidate[]> {
  const name = canonical(flag, options)
  if (/(^|-)file$|^input$/.test(name)) return [[anyFile]]
  const values = options.choices[name] ?? (await sources[name]?.()) ?? []
  return values.map(value => [value])
}

function canonical(flag: string, { alias }: Known): string {
  const name = flag.replace(/^--?/, '')
  const others = Object.entries(alias).find(([, aliases]) => aliases.includes(name))
  return alias[name] === undefined && others !== undefined ? others[0] : name
}

// The flag whose value stands at the cursor: the one before it, or one that takes several.
function openFlag(before: readonly string[], options: Known): string | undefined {
  const index = before.findLastIndex(word => word.startsWith('-'))
  const flag = before[index]
  if (flag === undefined || flag.includes('=') || flag === '--') return undefined
  const name = canonical(flag, options)
  if (!(name in options.key) || options.boolean.includes(name)) return undefined
  return index === before.length - 1 || options.array.includes(name) ? flag : undefined
}

function positionalsIn(before: readonly string[], options: Known): readonly string[] {
  return before.filter(
    (word, index) => !word.startsWith('-') && openFlag(before.slice(0, index), options) === undefined,
  )
}

function begunWith(beginning: string, candidates: readonly Candidate[]): readonly Candidate[] {
  return candidates.filter(([value]) => value === anyFile || value.startsWith(beginning))
}

function nameIn(usage: string): string {
  return usage.split(' ')[0] ?? usage
}

async function profileNames(): Promise<readonly string[]> {
  return (await listProfiles()).map(({ name }) => name)
}

// Those that Okta knows, and those of custom authorization servers that somebody has asked for before.
async function scopesThereAre(): Promise<readonly string[]> {
  const profiles = await listProfiles().catch(() => [])
  const logins = await listLogins({ store: openStore('file') }).catch(() => [])
  const known = [...profiles.flatMap(({ profile }) => profile.scopes ?? []), ...logins.flatMap(({ scopes }) => scopes)]
  return [...new Set([...known, ...oktaScopes])]
}
