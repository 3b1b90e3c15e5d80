import { OktaConnectError } from '@connect-okta/core'
import { described } from '@connect-okta/core/keys'
import { distance } from 'fastest-levenshtein'
import type { FlagTable } from '../command.js'
import { commandList } from '../command-list.js'
import { flagsOf } from './command-flags.js'

// Messages of yargs that repeat no value of the command line, and our own.
const safeMessages =
  /^(Not enough arguments following: |Missing required arguments?: |Arguments [\w-]+ and [\w-]+ are mutually exclusive|Missing command, |Invalid duration)/

/**
 * The error for an invalid command line, with the most similar flag or command. It repeats only names that look like flags,
 * because a value may be a secret.
 *
 * @param message of yargs. It may repeat a value.
 */
export async function usageError(message: string, args: readonly string[]): Promise<OktaConnectError> {
  const words = args.filter(argument => !argument.startsWith('-'))
  const [listed] = words.flatMap(word => commandList.find(({ usage }) => nameOf(usage) === word) ?? [])
  const usage = listed === undefined ? undefined : nameOf(listed.usage)
  const command = (await listed?.load())?.command
  const options: FlagTable = { ...flagsOf(command), ...command?.positionals }
  if (message.startsWith('Did you mean')) return invalid(`Unknown command: ${commandIn(args)}. ${message}`)
  if (message.startsWith('Not enough non-option arguments')) {
    return invalid(`Missing argument: connect-okta ${listed?.usage}`, usage)
  }
  if (message.startsWith('Invalid values:')) return invalid(notAChoice(message, options), usage)
  const [, names] = /^Unknown (?:arguments?|commands?): (.*)$/s.exec(message) ?? []
  if (names !== undefined) return unknownArguments({ names, flags: namesIn(options), args, usage })
  return invalid(safeMessages.test(message) ? message : 'Invalid command line.', usage)
}

interface UnknownArguments {
  readonly names: string
  readonly flags: readonly string[]
  readonly args: readonly string[]
  readonly usage: string | undefined
}

function unknownArguments({ names, flags, args, usage }: UnknownArguments): OktaConnectError {
  const given = args.flatMap(argument => /^--?([^=]+)/s.exec(argument)?.[1] ?? [])
  const options = given.filter(name => ![...flags, 'help', 'version'].includes(name.replace(/^no-/, '')))
  if (options.length === 0) {
    return usage === undefined
      ? invalid(`Unknown command: ${commandIn(args)}.`)
      : invalid(`Unexpected argument (${described(names)}).`, usage)
  }
  const shown = options.map(name => (isFlagName(name) ? name : `(${described(name)})`))
  const near = options.filter(name => name.length > 1 && isFlagName(name)).flatMap(name => nearest(name, flags))
  const suggestion = near.length === 0 ? '' : `. Did you mean ${near.map(name => `--${name}`).join(', ')}?`
  const isSecret = near.length === 0 && options.some(name => /key|secret|token|password/.test(name))
  const advice = isSecret ? 'A key or secret is never an argument. See --jwk-file and --client-secret-file. ' : ''
  return invalid(`Unknown option: ${shown.join(', ')}${suggestion}`, usage, advice)
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

function notAChoice(message: string, options: FlagTable): string {
  const wrong = Object.entries(options).filter(([name]) => message.includes(`\n  Argument: ${name}, Given: `))
  const accepted = wrong.map(
    ([name, { choices = [] }]) => `${name} must be one of ${choices.map(one => `"${one}"`).join(', ')}.`,
  )
  return accepted.join(' ') || 'Invalid value of an option.'
}

function nameOf(usage: string): string {
  return usage.replace(/ .*/, '')
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
