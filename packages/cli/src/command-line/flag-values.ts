import { nearest, unquoted } from '@connect-okta/core/profiles'
import type { Options, PositionalOptions } from 'yargs'
import type { FlagTable } from '../command.js'
import { FlagFault } from './flag-fault.js'

/** Adds to each flag with a value the checks that yargs lacks: it is given once, and it is not empty. */
export function withValueChecks(table: FlagTable): FlagTable {
  return Object.fromEntries(
    Object.entries(table).map(([name, option]) => {
      if (option.type === 'boolean') return [name, option]
      return [name, { ...option, coerce: valueOrError(`Option --${name}`, option) }]
    }),
  )
}

/** As {@link withValueChecks}, for an argument. */
export function withArgumentChecks(name: string, positional: PositionalOptions): PositionalOptions {
  return { ...positional, coerce: valueOrError(`Argument ${name}`, positional) }
}

/** Throws the error that {@link withValueChecks} returned in place of a value. */
export function throwErrors(flags: object): void {
  for (const value of Object.values(flags)) if (value instanceof Error) throw value
}

// yargs replaces an error that is thrown here by one of its own, so that a bug and an invalid value look the same.
function valueOrError(what: string, option: Options) {
  return (value: unknown): unknown => {
    try {
      return readValue(what, option, value)
    } catch (error) {
      return error
    }
  }
}

/**
 * Removes the `--` that ends the flags, because yargs ignores the arguments after it.
 *
 * @param table the flags of the command.
 * @throws {@link FlagFault} for a flag after it
 */
export function withoutSeparator(args: readonly string[], table: FlagTable): readonly string[] {
  const end = args.indexOf('--')
  if (end === -1) return args
  const [before, after] = [args.slice(0, end), args.slice(end + 1)]
  if (after.some(argument => argument.startsWith('-'))) throw new FlagFault('Options are not allowed after --.')
  const [name] = flagWithValue(before.at(-1), table)
  if (name !== undefined) throw new FlagFault(`Option --${name} has no value.`)
  return [...before, ...after]
}

/**
 * Rejects a flag whose hyphens a document or a chat has replaced by dashes or minus signs, such as `—tenant`.
 *
 * @param table the flags of the command.
 * @throws {@link FlagFault} that names the flag to write; other text may be a secret.
 */
export function rejectDashes(args: readonly string[], table: FlagTable): void {
  for (const [index, argument] of args.entries()) {
    const [, dashes, given = ''] = /^(-?[\u2010-\u2015\u2212\uFE58\uFE63\uFF0D]+-?)([\w-]*)/.exec(argument) ?? []
    if (dashes === undefined || flagWithValue(args[index - 1], table).length > 0) continue
    const names = Object.entries(table).flatMap(([name, { alias = [] }]) => [name, alias].flat())
    const name = nearest(given, names)
    const isKnown = name === given
    const what = isKnown ? `Option ${dashes}${given}` : 'An argument'
    const flag = name === undefined ? '' : `${name.length === 1 ? '-' : '--'}${name}`
    const advice = name === undefined ? 'Write two hyphens.' : isKnown ? `Write ${flag}.` : `Did you mean ${flag}?`
    throw new FlagFault(`${what} begins with a dash that is not a hyphen. ${advice}`)
  }
}

/** Writes a flag with an attached value, such as `-Flimit=1`, in its long form, which yargs reads. */
export function withoutAttachedValues(args: readonly string[], table: FlagTable): readonly string[] {
  return args.map(argument => {
    const [, letter, value] = /^-([A-Za-z])([^=].*)$/s.exec(argument) ?? []
    const [name, option] = letter === undefined ? [] : findFlag(letter, table)
    return option === undefined || option.type === 'boolean' ? argument : `--${name}=${value}`
  })
}

/**
 * Rejects an argument that is given as a flag, such as `--method GET`, because yargs ignores one of the two.
 *
 * @throws {@link FlagFault} that names the argument
 */
export function rejectNamedArguments(args: readonly string[], positionals: object): void {
  const names = args.flatMap(argument => /^--(?:no-)?([a-z]+)(?:=|$)/.exec(argument)?.[1] ?? [])
  const name = names.find(one => Object.hasOwn(positionals, one))
  if (name !== undefined) throw new FlagFault(`Argument ${name} is positional: omit --${name}.`)
}

/**
 * Rejects a value for a flag that has none, such as `--json=maybe` and `-q5`, which yargs reads as false.
 *
 * @param table the flags of the command.
 * @throws {@link FlagFault} that names the flag
 */
export function rejectValuesOfSwitches(args: readonly string[], table: FlagTable): void {
  for (const argument of args) {
    const [, no = '', long, value] = /^--(no-)?([\w-]+)=(.*)$/s.exec(argument) ?? []
    const [, letter] = /^-[A-Za-z]*([A-Za-z])[^A-Za-z]/s.exec(argument) ?? []
    const given = long ?? letter
    if (given === undefined) continue
    const [name, option] = findFlag(given, table)
    if (name === undefined || option === undefined) continue
    if (option.type !== 'boolean') {
      if (no !== '') throw notNegatable(`Option --${name}`)
    } else if (letter !== undefined || no !== '' || !/^(true|false)$/.test(value ?? '')) {
      throw new FlagFault(`Option ${letter === undefined ? `--${no}${name}` : `-${letter}`} does not accept a value.`)
    }
  }
}

/**
 * Rejects a flag in the form of PowerShell or of Go, such as `-tenant` and `--tenant:x`, which yargs reads as other flags.
 *
 * @param table the flags of the command.
 * @throws {@link FlagFault} that names the flag to write
 */
export function rejectOtherForms(args: readonly string[], table: FlagTable): void {
  for (const argument of args) {
    const [, hyphens, name = '', sign = ''] = /^(--?)([a-z][a-z-]+)([=:]|$)/.exec(argument) ?? []
    if (hyphens === undefined || !Object.hasOwn(table, name)) continue
    if (hyphens === '-') throw new FlagFault(`Option -${name} begins with one hyphen. Write --${name}.`)
    if (sign === ':')
      throw new FlagFault(`Option --${name} is followed by a colon. Write a space or = before the value.`)
  }
}

// The flag whose value is the next argument.
function flagWithValue(argument = '', table: FlagTable): ReturnType<typeof findFlag> {
  const [, given] = /^--?([\w-]+)$/.exec(argument) ?? []
  const found = given === undefined ? ([] as const) : findFlag(given, table)
  return found[1]?.type === 'boolean' ? [] : found
}

function findFlag(given: string, table: FlagTable): readonly [name: string, option: Options] | readonly [] {
  return Object.entries(table).find(([name, { alias }]) => [name, alias].includes(given)) ?? []
}

function readValue(what: string, { array, coerce }: Options, value: unknown): unknown {
  if (value === undefined) return undefined
  if (array !== true && Array.isArray(value)) throw new FlagFault(`${what} is specified more than once.`)
  if (Array.isArray(value) && value.length === 0) throw new FlagFault(`${what} has no value.`)
  const texts = [value].flat().map(one => checkedText(what, one, array === true))
  const checked = array === true ? texts : texts[0]
  try {
    const read = coerce === undefined ? checked : coerce(checked)
    if (!Array.isArray(read) || read.length > 0) return read
  } catch (error) {
    throw error instanceof FlagFault ? new FlagFault(`${what}: ${error.message}`) : error
  }
  throw new FlagFault(`${what} is empty.`)
}

function checkedText(what: string, value: unknown, isField: boolean): string {
  if (typeof value !== 'string') throw notNegatable(what)
  // cmd.exe passes single quotes on, and lines of a Windows file end with a carriage return. In a field or a header, a space at
  // the end can be intended.
  const text = isField && !/^["'`“‘]/.test(value) ? value : unquoted(value)
  if (text.trim() === '') throw new FlagFault(`${what} is empty.`)
  return text
}

// yargs reads --no-tenant as the value false of --tenant.
function notNegatable(what: string): FlagFault {
  return new FlagFault(`${what.replace('--', '--no-')} is not supported.`)
}
