import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import yargs from 'yargs'
import { type Command, commonFlags, type FlagTable } from '../command.js'
import { declareCommand, withCommonFlags } from '../command-line/command-yargs.js'
import { commandList } from '../command-list.js'
import { connectionFlags } from '../connection/connection-flags.js'
import { readPlainFlags } from './plain-flags.js'

const commands = await Promise.all(
  commandList
    .filter(({ usage }) => !usage.includes(' '))
    .map(async ({ usage, load }) => [usage, (await load()).command] as const),
)

/** The flags that yargs passes to the command; `undefined` when it rejects them. */
function yargsFlags(command: Command<never>, args: readonly string[]): Readonly<Record<string, unknown>> | undefined {
  const y = withCommonFlags(yargs([]).exitProcess(false)).strict()
  y.fail((message, error) => {
    throw error ?? new Error(message)
  })
  try {
    return declareCommand(command, y).parseSync([...args]) as Readonly<Record<string, unknown>>
  } catch {
    return undefined
  }
}

function expectSame(command: Command<never>, args: readonly string[]): void {
  const plain = readPlainFlags(args, command)
  if (plain === undefined) return
  const flags = yargsFlags(command, args)
  expect(flags).toBeDefined()
  expect(plain).toEqual(Object.fromEntries(Object.keys(plain).map(name => [name, flags?.[name]])))
}

const token = commands.find(([name]) => name === 'token')?.[1] as Command<never>
const read = (...args: string[]) => readPlainFlags(args, token)

describe('readPlainFlags', () => {
  it('reads flags in the form that scripts write', () => {
    const which = ['--tenant', 'example.okta.com', '--client-id=0oa1', '--scopes', 'okta.users.read', '--jwk-file', '-']
    expect(read(...which, '--min-validity', '5m', '--json', '-q')).toMatchObject({
      tenant: 'example.okta.com',
      clientId: '0oa1',
      scopes: ['okta.users.read'],
      jwkFile: '-',
      minValidity: 300_000,
      format: 'raw',
      json: true,
      quiet: true,
      verbose: false,
      forceRefresh: false,
    })
  })

  it('reads a flag by its other name', () => {
    const flags = { broker: 'https://broker.example.com', clientId: 'deploy', scopes: ['okta.users.read'] }
    const words = ['--broker', flags.broker, '--client', 'deploy', '--scope', 'okta.users.read']
    expect(read(...words)).toMatchObject(flags)
  })

  it.each([
    ['an unknown flag', ['--tenat', 'example.okta.com']],
    ['a flag without its value', ['--tenant']],
    ['a value that looks like a flag', ['--tenant', '--json']],
    ['a repeated flag', ['--tenant', 'a.okta.com', '--tenant', 'b.okta.com']],
    ['several values of one flag', ['--scopes', 'okta.users.read', 'okta.groups.read']],
    ['an unexpected word', ['example.okta.com']],
    ['an unknown choice', ['--format', 'xml']],
    ['an invalid value', ['--min-validity', 'soon']],
    ['an empty value', ['--tenant=']],
    ['quotes', ['--tenant', '"example.okta.com"']],
    ['a negated flag', ['--no-json']],
    ['a flag with a value of true', ['--json=true']],
    ['a request for help', ['--help']],
    ['a request for the version', ['--version']],
    ['a flag that is given by both of its names', ['--client', 'deploy', '--client-id', 'deploy']],
    ['a flag in camel case', ['--clientId', '0oa1']],
    ['a part of a flag', ['--tenant.name', 'example.okta.com']],
    ['a name that every object has', ['--__proto__', 'example.okta.com']],
  ])('leaves %s to yargs', (_what, args) => {
    expect(read(...args)).toBeUndefined()
  })

  it('leaves a missing flag and two that conflict to yargs', () => {
    const options = { url: { demandOption: true }, file: { conflicts: 'keyring' }, keyring: {} } as const
    expect(readPlainFlags([], { options })).toBeUndefined()
    expect(readPlainFlags(['--url', '/', '--file', 'a', '--keyring', 'b'], { options })).toBeUndefined()
    expect(readPlainFlags(['--url', '/', '--file', 'a'], { options })).toMatchObject({ url: '/', file: 'a' })
  })

  it.each(commands)('accepts a command line of %s only if yargs reads the same from it', (_name, command) => {
    const table: FlagTable = { ...connectionFlags, ...command.options, ...commonFlags }
    const flag = fc.constantFrom(...Object.keys(table), ...'qvh', 'scope', 'client', 'clientId', 'no-json', '__proto__')
    const choices = Object.values(table).flatMap(({ choices = [] }) => choices.map(String))
    const value = fc.oneof(
      fc.constantFrom('example.okta.com', '5m', '-', '--', '', '1', '0x1', '1e3', 'true', 'a b', ' a', ...choices),
      fc.constantFrom(
        '"x"',
        "'x",
        '-1',
        '--json',
        'a=b',
        '=',
        'a,b',
        'é',
        '“x”',
        '[]',
        '{"kty":"EC"}',
        '\\n',
        '-----BEGIN',
      ),
      fc.string(),
    )
    const word = fc.oneof(
      flag.map(name => [`${name.length === 1 ? '-' : '--'}${name}`]),
      fc.tuple(flag, value).map(([name, text]) => [`--${name}`, text]),
      fc.tuple(flag, value).map(([name, text]) => [`--${name}=${text}`]),
      value.map(text => [text]),
    )
    const line = fc.array(word, { maxLength: 5 }).map(words => words.flat())
    fc.assert(
      fc.property(line, args => expectSame(command, args)),
      { numRuns: 500 },
    )
  })
})
