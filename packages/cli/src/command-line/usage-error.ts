import { OktaConnectError } from '@connect-okta/core'
import { described } from '@connect-okta/core/keys'
import { distance } from 'fastest-levenshtein'
import type { FlagTable } from '../command.js'
import { commandOf, flagsOf } from './command-flags.js'
import { flagFault } from './flag-values.js'

// Messages of yargs that repeat no value of the command line, in the words of this program.
const renamed: readonly (readonly [message: RegExp, ours: string])[] = [
  [/^Not enough arguments following: (\w)$/, 'Option -$1 has no value.'],
  [/^Not enough arguments following: ([\w-]{1,40})$/, 'Option --$1 has no value.'],
  [/^Missing required argument: ([\w-]{1,40})$/, 'Missing required option: --$1.'],
  [/^Arguments ([\w-]{1,40}) and ([\w-]{1,40}) are mutually exclusive$/, '--$1 and --$2 cannot be combined.'],
  [/^(Missing command, .*)$/, '$1'],
]

/**
 * The error for an invalid command line, with the most similar flag or command. It repeats only names that look like flags,
 * because a value may be a secret.
 *
 * @param message of yargs. It may repeat a value.
 */
export async function usageError(message: string, args: readonly string[]): Promise<OktaConnectError> {
  const { listed, name: usage, command } = await commandOf(args)
  const { positionals = {} } = command ?? {}
  const options: FlagTable = { ...flagsOf(command), ...positionals }
  if (message.startsWith('Did you mean')) return invalid(`Unknown command: ${commandIn(args)}. ${message}`)
  if (message.startsWith('Not enough non-option arguments')) {
    return invalid(`Missing argument: connect-okta ${listed?.usage}`, usage)
  }
  if (flagFault.test(message)) return invalid(message, usage)
  if (message.startsWith('Invalid values:')) return invalid(notAChoice(message, options, positionals), usage)
  const [, names] = /^Unknown (?:arguments?|commands?): (.*)$/s.exec(message) ?? []
  if (names !== undefined) return unknownArguments({ names, options, args, usage })
  const [found, ours] = renamed.find(([ofYargs]) => ofYargs.test(message)) ?? []
  return invalid(found === undefined ? 'Invalid command line.' : message.replace(found, ours ?? ''), usage)
}

interface UnknownArguments {
  readonly names: string
  readonly options: FlagTable
  readonly args: readonly string[]
  readonly usage: string | undefined
}

function unknownArguments({ names, options, args, usage }: UnknownArguments): OktaConnectError {
  const flags = namesIn(options)
  const given = args.flatMap(argument => /^--?([^=-][^=]*)/s.exec(argument)?.[1] ?? [])
  const unknown = given.filter(name => ![...flags, 'help', 'version'].includes(name.replace(/^no-/, '')))
  if (unknown.length === 0) {
    return usage === undefined
      ? invalid(`Unknown command: ${commandIn(args)}.`)
      : invalid(`Unexpected argument (${described(names)}).`, usage, adviceForSurplus(args, options))
  }
  const shown = unknown.map(name => (isFlagName(name) ? name : `(${described(name)})`))
  const near = unknown.filter(name => name.length > 1 && isFlagName(name)).flatMap(name => nearest(name, flags))
  const suggestion = near.length === 0 ? '' : `. Did you mean ${near.map(name => `--${name}`).join(', ')}?`
  const isSecret = near.length === 0 && unknown.some(name => /key|secret|token|pass/.test(name))
  const advice = isSecret
    ? 'A key or secret is never an argument. See --jwk-file, --key-passphrase-file and --client-secret-file. '
    : ''
  return invalid(`Unknown option: ${shown.join(', ')}${suggestion}`, usage, advice)
}

// Several words after a list flag, or words that a shell has split.
function adviceForSurplus(args: readonly string[], options: FlagTable): string {
  const isWord = (argument = '-') => !argument.startsWith('-')
  const index = args.findIndex((flag, at) => /^--?\w/.test(flag) && isWord(args[at + 1]) && isWord(args[at + 2]))
  const given = (args[index] ?? '').replace(/^--?/, '')
  const [name, option] = Object.entries(options).find(([key, { alias }]) => [key, alias].includes(given)) ?? []
  if (args.some(argument => /^["']/.test(argument))) return 'In cmd.exe, only double quotes keep words together. '
  if (name === undefined || option?.array !== true) return ''
  return `For several values, repeat --${name}${name === 'scopes' ? ', or write --scopes "okta.users.read okta.groups.read"' : ''}. `
}

// The first word, if it is at the place of a command. After a flag it may be a value.
function commandIn(args: readonly string[]): string {
  const index = args.findIndex(argument => !argument.startsWith('-'))
  const word = args[index] ?? ''
  const isCommand = args.slice(0, index).every(flag => /^(--json|--quiet|--verbose|-q|-v)$/.test(flag))
  return isCommand && isFlagName(word) ? word : `(${described(word)})`
}

// Longer words, and those with digits and capitals, may be secrets.
function isFlagName(name: string): boolean {
  return /^[a-z][a-z-]{0,23}$/.test(name)
}

function namesIn(options: FlagTable): readonly string[] {
  return Object.entries(options).flatMap(([name, { alias = [] }]) => [name, alias].flat())
}

function notAChoice(message: string, options: FlagTable, positionals: object): string {
  const wrong = Object.entries(options).filter(([name]) => message.includes(`\n  Argument: ${name}, Given: `))
  const accepted = wrong.map(
    ([name, { choices = [] }]) =>
      `${name in positionals ? name : `--${name}`} must be one of ${choices.map(one => `"${one}"`).join(', ')}.`,
  )
  return accepted.join(' ') || 'Invalid value of an option.'
}

function invalid(message: string, command?: string, advice = ''): OktaConnectError {
  const hint = `${advice}See connect-okta ${command === undefined ? '' : `${command} `}--help.`
  return new OktaConnectError('options_invalid', message, { hint })
}

function nearest(name: string, flags: readonly string[]): readonly string[] {
  const [best] = flags.map(flag => ({ flag, far: distance(name, flag) })).sort((a, b) => a.far - b.far)
  // Two different letters in a short word make it another word.
  return best !== undefined && best.far <= Math.max(1, Math.floor(name.length / 3)) ? [best.flag] : []
}
