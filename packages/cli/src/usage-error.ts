import { OktaConnectError } from '@connect-okta/core'
import { distance } from 'fastest-levenshtein'
import { commandList } from './command-list.js'

/** What is wrong with a command line. */
export interface UsageProblem {
  /** As yargs puts it. */
  readonly message: string
  /** The flags that the command has. */
  readonly flags: readonly string[]
  readonly args: readonly string[]
}

/** The error for a wrong command line, with the flag or command that was probably meant. */
export function usageError({ message, flags, args }: UsageProblem): OktaConnectError {
  const words = args.filter(argument => !argument.startsWith('-'))
  const [command] = words.flatMap(word => commandList.find(({ usage }) => nameOf(usage) === word) ?? [])
  // yargs names a near command without the one that is not there.
  if (message.startsWith('Did you mean')) return invalid(`There is no command ${words[0]}. ${message}`)
  const usage = command === undefined ? undefined : nameOf(command.usage)
  if (message.startsWith('Not enough non-option arguments')) {
    return invalid(`Something is missing: connect-okta ${command?.usage}`, usage)
  }
  const [, start = '', names = ''] = /^(Unknown (?:arguments?|commands?): )(.*)$/.exec(message) ?? []
  if (start === '') return invalid(message, usage)
  if (usage === undefined && words.length > 0) return invalid(`There is no command ${words[0]}.`)
  // It names an unknown flag in both its spellings.
  const unknown = [...new Set(names.split(', ').map(inKebabCase))]
  const near = unknown.flatMap(name => (isFlag(name, args) ? nearest(name, flags) : []))
  const suggestion = near.length === 0 ? '' : `. Did you mean ${near.map(name => `--${name}`).join(', ')}?`
  return invalid(`Unknown: ${unknown.join(', ')}${suggestion}`, usage)
}

function nameOf(usage: string): string {
  return usage.replace(/ .*/, '')
}

function invalid(message: string, command?: string): OktaConnectError {
  const hint = `See connect-okta ${command === undefined ? '' : `${command} `}--help.`
  return new OktaConnectError('options_invalid', message, { hint })
}

function isFlag(name: string, args: readonly string[]): boolean {
  return args.some(argument => argument.startsWith(`--${name}`) || argument.startsWith(`-${name}`))
}

function nearest(name: string, flags: readonly string[]): readonly string[] {
  const [best] = flags.map(flag => ({ flag, far: distance(name, flag) })).sort((a, b) => a.far - b.far)
  // Two slips in a short word make it another one.
  return best !== undefined && best.far <= Math.max(1, Math.floor(name.length / 3)) ? [best.flag] : []
}

function inKebabCase(name: string): string {
  return name.replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`)
}
