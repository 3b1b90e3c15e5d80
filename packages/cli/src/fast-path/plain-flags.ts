// Fast path 1 of 2: reads simple command lines without yargs.
//
// Gain: `token` with a cached token takes 2 times as long as `node -e 0`, instead of 3 times, since yargs takes as
// long to load as all of Node. Scripts and tools such as kubectl run `token` before each command.
// It accepts a command line only if yargs reads the same from it; plain-flags.test.ts compares both with random ones.
// To remove it: delete this file and its test, and `runPlainCommand` in main.ts. yargs then reads every command line.

import { parseArgs } from 'node:util'
import { unquoted } from '@connect-okta/core/profiles'
import type { Options } from 'yargs'
import type { Command, CommonFlags, FlagTable } from '../command.js'
import { flagsOf } from '../command-line/command-flags.js'

/**
 * Reads a command's flags in the form that scripts write them: `--name value`, `--name=value`, `-q`.
 *
 * @param args the words after the command's name.
 * @returns the flags as yargs returns them, in camel case; `undefined` for any other form, and for every mistake.
 */
export function readPlainFlags(
  args: readonly string[],
  command: Pick<Command<never>, 'options' | 'hasConnectionFlags'>,
): CommonFlags | undefined {
  const table = flagsOf(command)
  const given = plainValues(args, table)
  if (given === undefined) return undefined
  const flags: Record<string, unknown> = {}
  for (const [name, option] of Object.entries(table)) {
    const values = given[name]
    if (values === undefined && option.demandOption) return undefined
    if (values !== undefined && conflictsOf(option).some(other => given[other] !== undefined)) return undefined
    const parsed = values === undefined ? { value: option.default } : plainValue(values, option)
    if (parsed === undefined) return undefined
    flags[camelCase(name)] = parsed.value
  }
  return flags as unknown as CommonFlags
}

type Value = string | true

// `multiple` reports each flag that is repeated, so that it is left to yargs.
function plainValues(args: readonly string[], table: FlagTable): Readonly<Record<string, Value[]>> | undefined {
  const known = Object.entries(table).flatMap(([name, { type, alias }]) => {
    const option = { type: type === 'boolean' ? ('boolean' as const) : ('string' as const), multiple: true }
    if (typeof alias !== 'string') return [[name, option]]
    return alias.length === 1 ? [[name, { ...option, short: alias }]] : [name, alias].map(one => [one, option])
  })
  try {
    const values = parseArgs({ args: [...args], options: Object.fromEntries(known) }).values as Record<string, Value[]>
    return byFlag(values, table)
  } catch {
    return undefined
  }
}

// A flag that is given by both of its names is left to yargs.
function byFlag(values: Readonly<Record<string, Value[]>>, table: FlagTable): Record<string, Value[]> | undefined {
  const names = Object.keys(values).map(given => (given in table ? given : nameOf(given, table)))
  return new Set(names).size < names.length
    ? undefined
    : Object.fromEntries(Object.values(values).map((value, index) => [names[index], value]))
}

function nameOf(alias: string, table: FlagTable): string {
  return Object.keys(table).find(name => table[name]?.alias === alias) ?? alias
}

function plainValue(values: readonly Value[], { array, choices, coerce }: Options): { value: unknown } | undefined {
  // Empty values are rejected, quotes and surrounding spaces are removed, and yargs ends a list at a hyphen.
  const isPlain = (value: Value) =>
    value === true || (value !== '' && unquoted(value) === value && !(array && value.startsWith('-')))
  if (!values.every(isPlain)) return undefined
  const [value] = values
  if (!array && values.length > 1) return undefined
  if (choices !== undefined && !values.every(one => choices.includes(one))) return undefined
  try {
    const given = array ? values : value
    const read = coerce === undefined ? given : coerce(given)
    return Array.isArray(read) && read.length === 0 ? undefined : { value: read }
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
