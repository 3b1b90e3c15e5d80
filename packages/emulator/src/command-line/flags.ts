import { parseArgs } from 'node:util'

/** An invalid command line or configuration. */
export class UsageError extends Error {}

const FLAGS = {
  port: { type: 'string' },
  config: { type: 'string' },
  'org-url': { type: 'string' },
  'tls-cert': { type: 'string' },
  'tls-key': { type: 'string' },
  json: { type: 'boolean' },
  'until-stdin-closes': { type: 'boolean' },
  schema: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean' },
} as const

/** The flags of a command line. */
export type Flags = { [Name in keyof typeof FLAGS]?: (typeof FLAGS)[Name]['type'] extends 'string' ? string : boolean }

/**
 * Parses a command line.
 *
 * @throws {UsageError} for an unknown flag, a flag without its value, a flag given twice, and an argument
 */
export function parseFlags(args: readonly string[]): Flags {
  const { values, tokens } = parseArgs({
    args: [...args],
    options: FLAGS,
    strict: false,
    allowPositionals: true,
    tokens: true,
  })
  const seen = new Set<string>()
  for (const token of tokens) {
    if (token.kind === 'positional') throw new UsageError(`Unexpected argument: ${token.value}`)
    if (token.kind !== 'option') continue
    if (!isFlag(token.name)) throw new UsageError(`Unknown flag: ${token.rawName}`)
    checkValue(token.name, token.value, token.inlineValue)
    if (seen.has(token.name)) throw new UsageError(`--${token.name} is specified twice.`)
    seen.add(token.name)
  }
  return values as Flags
}

function isFlag(name: string): name is keyof typeof FLAGS {
  return Object.hasOwn(FLAGS, name)
}

function checkValue(name: keyof typeof FLAGS, value: string | undefined, isInline: boolean | undefined): void {
  if (FLAGS[name].type === 'boolean') {
    if (value !== undefined) throw new UsageError(`--${name} accepts no value.`)
    return
  }
  const isFlagInstead = value?.startsWith('-') && value !== '-' && !isInline
  if (value === undefined || value.trim() === '' || isFlagInstead) throw new UsageError(`--${name} requires a value.`)
}
