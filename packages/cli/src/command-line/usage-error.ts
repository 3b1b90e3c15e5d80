import { OktaConnectError } from '@connect-okta/core'
import { described } from '@connect-okta/core/keys'
import { type Environment, listProfiles, nearest } from '@connect-okta/core/profiles'
import type { FlagTable } from '../command.js'
import { commandList } from '../command-list.js'
import { commandOf, flagsOf } from './command-flags.js'
import type { FlagFault } from './flag-fault.js'

// Messages of yargs that repeat no value of the command line, in the words of this program.
const renamed: readonly (readonly [message: RegExp, ours: string])[] = [
  [/^Not enough arguments following: (\w)$/, 'Option -$1 has no value.'],
  [/^Not enough arguments following: ([\w-]{1,40})$/, 'Option --$1 has no value.'],
  [/^Missing required argument: ([\w-]{1,40})$/, 'Missing required option: --$1.'],
  [/^Arguments ([\w-]{1,40}) and ([\w-]{1,40}) are mutually exclusive$/, '--$1 and --$2 cannot be combined.'],
  [/^(Missing command, .*)$/, '$1'],
]

/** The error for an invalid flag. */
export async function flagError({ message }: FlagFault, args: readonly string[]): Promise<OktaConnectError> {
  return invalid(message, (await commandOf(args)).name)
}

/**
 * The error for an invalid command line, with the most similar flag or command. It repeats only names that look like flags,
 * because a value may be a secret.
 *
 * @param message of yargs. It may repeat a value.
 * @param environment where profiles are: the name of one may be given without its flag.
 */
export async function usageError(
  message: string,
  args: readonly string[],
  environment: Environment,
): Promise<OktaConnectError> {
  const { listed, name: usage, command } = await commandOf(args)
  const { positionals = {} } = command ?? {}
  const options: FlagTable = { ...flagsOf(command), ...positionals }
  if (message.startsWith('Did you mean')) return unknownCommand(args)
  if (message.startsWith('Not enough non-option arguments')) {
    return invalid(
      `Missing argument: connect-okta ${listed?.shownUsage ?? listed?.usage}`,
      usage,
      usage === 'api' ? adviceForCurl(args) : '',
    )
  }
  if (message.startsWith('Invalid values:')) return invalid(notAChoice(message, options, positionals), usage)
  const [, names] = /^Unknown (?:arguments?|commands?): (.*)$/s.exec(message) ?? []
  if (names !== undefined) {
    const profiles = command?.hasConnectionFlags ? await listProfiles(environment).catch(() => []) : []
    const profile = profiles.find(({ name }) => name === names)?.name
    return unknownArguments({ names, options, args, usage, profile })
  }
  const [found, ours] = renamed.find(([ofYargs]) => ofYargs.test(message)) ?? []
  return invalid(found === undefined ? 'Invalid command line.' : message.replace(found, ours ?? ''), usage)
}

interface UnknownArguments {
  readonly names: string
  readonly options: FlagTable
  readonly args: readonly string[]
  readonly usage: string | undefined
  /** The profile that the unknown word names. */
  readonly profile: string | undefined
}

function unknownArguments({ names, options, args, usage, profile }: UnknownArguments): OktaConnectError {
  const flags = namesIn(options)
  const given = args.flatMap(argument => /^--?([^=-][^=]*)/s.exec(argument)?.[1] ?? [])
  const unknown = given.filter(name => !flags.includes(name.replace(/^no-/, '')))
  if (unknown.length === 0) {
    const surplus =
      (usage === 'api' && adviceForCurl(args)) || adviceForProgram(usage) || adviceForSurplus(args, options, profile)
    return usage === undefined
      ? unknownCommand(args)
      : invalid(`Unexpected argument (${described(names)}).`, usage, surplus)
  }
  // Flags of the program, as in `exec terraform plan -out x`.
  if (usage === 'exec' && names.split(', ').some(name => !unknown.includes(name))) {
    return invalid('Unexpected argument, or an option of another program.', usage, adviceForProgram(usage))
  }
  const shown = unknown.map(name =>
    isFlagName(name) ? `${name.length === 1 ? '-' : '--'}${name}` : `(${described(name)})`,
  )
  const ofCurl = usage === 'api' ? adviceForCurl(args) : ''
  if (ofCurl !== '') return invalid(`Unknown option: ${shown.join(', ')}.`, usage, ofCurl)
  // Names of other programs: --Client_ID.
  const alike = unknown.map(name => name.toLowerCase().replaceAll('_', '-'))
  const near = alike.filter(name => name.length > 1 && isFlagName(name)).flatMap(name => similar(name, flags) ?? [])
  const suggestion = near.length === 0 ? '' : `. Did you mean ${near.map(name => `--${name}`).join(', ')}?`
  const isSecret = near.length === 0 && unknown.some(name => /key|secret|token|pass/.test(name))
  const advice = isSecret
    ? 'A key or secret cannot be an argument. See --jwk-file, --key-passphrase-file and --client-secret-file. '
    : ''
  return invalid(`Unknown option: ${shown.join(', ')}${suggestion || '.'}`, usage, advice)
}

// The options of curl for the method and the body, or the body itself.
function adviceForCurl(args: readonly string[]): string {
  if (args.some(word => /^(-X|--request(=|$))/.test(word))) {
    return 'Specify the method as an argument: connect-okta api POST PATH. '
  }
  if (!args.some(word => /^(-d|--data(-[a-z]+)?(=|$)|\s*[{[])/.test(word))) return ''
  return 'Specify the body with -F name=value, or its file with --input FILE (- reads stdin). '
}

function adviceForProgram(usage: string | undefined): string {
  return usage === 'exec'
    ? 'Write -- before the command to run: connect-okta exec --for terraform -- terraform plan. '
    : ''
}

// Several words after a list flag, or words that a shell has split.
function adviceForSurplus(args: readonly string[], options: FlagTable, profile: string | undefined): string {
  if (profile !== undefined) return `For the profile ${profile}, write --profile ${profile}. `
  const isWord = (argument = '-') => !argument.startsWith('-')
  const index = args.findIndex((flag, at) => /^--?\w/.test(flag) && isWord(args[at + 1]) && isWord(args[at + 2]))
  const given = (args[index] ?? '').replace(/^--?/, '')
  const [name, option] = Object.entries(options).find(([key, { alias }]) => [key, alias].includes(given)) ?? []
  if (args.some(argument => /^["']/.test(argument))) return 'In cmd.exe, quote values with double quotes. '
  if (name === undefined || option?.array !== true) return ''
  return `For several values, repeat --${name}${name === 'scopes' ? ', or write --scopes "okta.users.read okta.groups.read"' : ''}. `
}

function unknownCommand(args: readonly string[]): OktaConnectError {
  const word = args.find(argument => !argument.startsWith('-')) ?? ''
  const commands = commandList.map(({ usage }) => usage.replace(/ .*/, ''))
  // Two letters in the wrong order are two differences: tokne.
  const near = otherNames.get(word) ?? (isFlagName(word.toLowerCase()) ? similar(word, commands, 2 / 5) : undefined)
  return invalid(`Unknown command: ${commandIn(args)}.${near === undefined ? '' : ` Did you mean ${near}?`}`)
}

/** Commands of other programs. */
const otherNames = new Map([
  ['whoami', 'status'],
  ['refresh', 'token --force-refresh'],
  ['signin', 'login'],
  ['sign-in', 'login'],
  ['signout', 'logout'],
  ['sign-out', 'logout'],
])

// Two different letters in a short word make it another word.
function similar(word: string, names: readonly string[], share = 1 / 3): string | undefined {
  return nearest(word, names, Math.max(1, Math.floor(word.length * share)))
}

// The first word, if it is at the place of a command. After a flag it may be a value.
function commandIn(args: readonly string[]): string {
  const index = args.findIndex(argument => !argument.startsWith('-'))
  const word = args[index] ?? ''
  const isCommand = args.slice(0, index).every(flag => /^(--json|--quiet|--verbose|-q|-v)$/.test(flag))
  return isCommand && isFlagName(word) ? word : `(${described(word)})`
}

// One letter is no secret. Longer words, and those with digits and capitals, may be secrets.
function isFlagName(name: string): boolean {
  return /^([a-z][a-z-]{0,23}|[A-Z])$/.test(name)
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
