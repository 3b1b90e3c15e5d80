import { parseArgs } from 'node:util'
import type { Options } from 'yargs'
import { type Command, type CommonFlags, commonFlags, type FlagTable } from '../command.js'
import { connectionFlags } from '../connection-flags.js'

/**
 * Reads a command's flags where they are as plain as scripts write them: `--name value`, `--name=value`, `-q`. yargs, which
 * reads every command line, takes longer to load than a token at hand.
 *
 * @param args the words behind the command's name.
 * @returns what yargs makes of them, in camel case; nothing where only yargs knows, or where something is wrong.
 */
export function readPlainFlags(
  args: readonly string[],
  { options = {}, isAboutConnection }: Pick<Command<never>, 'options' | 'isAboutConnection'>,
): CommonFlags | undefined {
  const table: FlagTable = { ...options, ...(isAboutConnection && connectionFlags), ...commonFlags }
  const given = plainValues(args, table)
  if (given === undefined) return undefined
  const flags: Record<string, unknown> = {}
  for (const [name, option] of Object.entries(table)) {
    const values = given[name]
    if (values === undefined && option.demandOption) return undefined
    if (values !== undefined && conflictsOf(option).some(other => given[other] !== undefined)) return undefined
    const value = values === undefined ? { is: option.default } : plainValue(values, option)
    if (value === undefined) return undefined
    flags[camelCase(name)] = value.is
  }
  return flags as unknown as CommonFlags
}

type Value = string | true

// Each flag may come several times here, which leaves it to us what that means.
function plainValues(args: readonly string[], table: FlagTable): Readonly<Record<string, Value[]>> | undefined {
  const known = Object.entries(table).map(([name, { type, alias }]) => [
    name,
    {
      type: type === 'boolean' ? ('boolean' as const) : ('string' as const),
      multiple: true,
      ...(typeof alias === 'string' && alias.length === 1 && { short: alias }),
    },
  ])
  try {
    return parseArgs({ args: [...args], options: Object.fromEntries(known) }).values as Record<string, Value[]>
  } catch {
    return undefined
  }
}

function plainValue(values: readonly Value[], { array, choices, coerce }: Options): { is: unknown } | undefined {
  // Empty, or in quotes that were meant for a shell, or a hyphen in a list: yargs has views on these.
  const odd = array ? /^$|^['"-]/ : /^$|^['"]/
  if (values.some(value => typeof value === 'string' && odd.test(value))) return undefined
  const [value] = values
  if (!array && values.length > 1) return undefined
  if (choices !== undefined && !values.every(one => choices.includes(one))) return undefined
  try {
    const is = array ? values : value
    return { is: coerce === undefined ? is : coerce(is) }
  } catch {
    return undefined
  }
}

function conflictsOf({ conflicts = [] }: Options): readonly string[] {
  return typeof conflicts === 'string' ? [conflicts] : Object.values(conflicts).flat()
}

function camelCase(name: string): string {
  return name.replace(/-(.)/g, (_hyphen, letter: string) => letter.toUpperCase())
}
