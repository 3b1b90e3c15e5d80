import { beforeAll, describe, expect, it } from 'vitest'
import yargs from 'yargs'
import { emptyHome, run as runCommand } from '../../test/support/run.test.support.js'
import type { Command } from '../command.js'
import { commandList } from '../command-list.js'
import { flagsOf } from './command-flags.js'
import { declareCommand, withCommonFlags } from './command-yargs.js'

const org = ['--tenant', 'example.okta.com', '--client-id', '0oa1']
const required: Readonly<Record<string, readonly string[]>> = {
  api: ['/api/v1/users'],
  completion: ['bash'],
  header: ['--url', '/'],
}

const commands = await Promise.all(
  commandList.map(async ({ usage, load }) => [usage.replace(/ .*/, ''), (await load()).command] as const),
)

let home: string
beforeAll(async () => {
  home = await emptyHome()
})

const run = (...args: readonly string[]) => runCommand(args, { HOME: home }, { cwd: home })

async function expectRejected(args: readonly string[], message: string): Promise<void> {
  const { code, stdout, stderr } = await run(...args)
  expect({ args, code, stdout }).toEqual({ args, code: 2, stdout: '' })
  expect(stderr).toContain(message)
}

function flagsWithValue(command: Command<never>, isList: boolean) {
  return Object.entries(flagsOf(command)).filter(
    ([, { type, array = false }]) => type !== 'boolean' && array === isList,
  )
}

describe.each(commands)('a flag of %s', (name, command) => {
  // A required flag would be the second one.
  const line = (flag: string) => [name, ...(required[name] ?? []).filter((_word, _index, all) => all[0] !== flag)]

  it('is rejected by its name when it has one value and is given twice', async () => {
    for (const [flag, { choices }] of flagsWithValue(command, false)) {
      const value = String(choices?.[0] ?? '5m')
      const twice = [`--${flag}`, value, `--${flag}=${value}`]
      await expectRejected([...line(`--${flag}`), ...twice], `Option --${flag} is specified more than once.`)
    }
  })

  it('is rejected by its name when its value is empty', async () => {
    for (const [flag, { array }] of [...flagsWithValue(command, false), ...flagsWithValue(command, true)]) {
      for (const empty of [[`--${flag}`, ''], [`--${flag}`, ' \t'], [`--${flag}="`.replace('"', '""')]]) {
        await expectRejected([...line(`--${flag}`), ...empty], `Option --${flag} is empty.`)
      }
      const message = array ? `Option --${flag} has no value.` : `Option --${flag} is empty.`
      await expectRejected([...line(`--${flag}`), `--${flag}=`], message)
    }
  })

  it('is rejected by its name when it has no value', async () => {
    for (const [flag] of [...flagsWithValue(command, false), ...flagsWithValue(command, true)]) {
      await expectRejected([...line(`--${flag}`), `--${flag}`], `Option --${flag} has no value.`)
    }
  })

  it('is rejected by its name when it is negated and is no switch', async () => {
    for (const [flag] of [...flagsWithValue(command, false), ...flagsWithValue(command, true)]) {
      for (const negated of [`--no-${flag}`, `--no-${flag}=x`]) {
        await expectRejected([...line(`--${flag}`), negated], `Option --no-${flag} is not supported.`)
      }
    }
  })

  it('is rejected by its name when it is a switch with a value', async () => {
    for (const [flag, { type, alias }] of Object.entries(flagsOf(command))) {
      if (type !== 'boolean') continue
      for (const value of ['maybe', '', '1', 'TRUE']) {
        await expectRejected([...line(''), `--${flag}=${value}`], `Option --${flag} does not accept a value.`)
      }
      await expectRejected([...line(''), `--no-${flag}=true`], `Option --no-${flag} does not accept a value.`)
      for (const value of typeof alias === 'string' ? ['5', '=true', '/x'] : []) {
        await expectRejected([...line(''), `-${alias}${value}`], `Option -${alias} does not accept a value.`)
      }
    }
  })
})

describe('a flag', () => {
  it.each<[string, string[], string]>([
    [
      'by another name',
      ['token', '--clientId', 'a', '--client-id', 'b'],
      'Option --client-id is specified more than once.',
    ],
    ['by its alias', ['login', ...org, '--scope', ','], 'Option --scopes is empty.'],
    ['that is an argument', ['api', '/x', '--method', 'GET'], 'Argument method is positional'],
    ['that is an argument, with =', ['profiles', '--name=x', 'show'], 'Argument name is positional'],
    ['with an empty argument', ['api', 'GET', ''], 'Argument path is empty.'],
    [
      'with a duration of two',
      ['login', ...org, '--timeout', '5m', '--timeout', '5m'],
      'Option --timeout is specified more',
    ],
    ['with an invalid duration', ['login', ...org, '--timeout', '-5'], 'Option --timeout: Invalid duration.'],
    ['with a choice in another case', ['token', '--format', 'JSON'], '--format must be one of "raw", "json"'],
    ['with a part of its name', ['token', '--tenant.name', 'x'], 'Unknown option'],
    ['after --', ['token', '--', '--json'], 'Options are not allowed after --.'],
    ['without a value before --', ['login', '--scopes', '--', 'a'], 'Option --scopes has no value.'],
    ['of the program with a value', ['--help=maybe'], 'Option --help does not accept a value.'],
    ['that it conflicts with', ['keygen', '--file', 'a', '--keyring', 'b'], '--file and --keyring cannot be combined.'],
    ['that is missing', ['header'], 'Missing required option: --url.'],
  ])('is rejected when it is given %s', async (_what, args, message) => {
    await expectRejected(args, message)
  })

  it('is accepted when it is a switch that is given twice', async () => {
    expect(await run('status', '--json', '--json', '-q', '--quiet')).toMatchObject({ code: 0, stdout: '[]\n' })
  })
})

describe('a value', () => {
  it('loses the carriage return that a file of Windows leaves', async () => {
    const { stderr } = await run('token', '--tenant', 'example.okta.com\r', '--client-id=0oa1\r\n', '--scopes', 'a\r')
    expect(stderr).toContain('the org example.okta.com, the client "0oa1", the scopes "a".')
  })
})

describe('the command', () => {
  // login_required, or what login needs: the command line is valid.
  it.each<[string, string[], string]>([
    ['a switch of the command', ['--force', 'login'], 'Missing required options'],
    ['a field', ['-F', 'limit=1', 'api', 'GET', '/x'], 'login_required'],
    ['a flag whose value is the name of a command', ['--profile', 'login', 'token'], 'no profile named "login"'],
    ['--', ['--', 'token'], 'login_required'],
    ['several flags', ['--include', '--tenant=example.okta.com', '-q', 'api', '/x', '--paginate'], 'login_required'],
  ])('is found when it comes after %s', async (_what, args, message) => {
    expect((await run(...args)).stderr).toContain(message)
  })
})

describe('a list flag', () => {
  // login_required: the command line is valid.
  it.each<[string, string[]]>([
    ['before the arguments', ['api', '-F', 'limit=1', 'GET', '/api/v1/users']],
    ['between the arguments', ['api', 'GET', '-F', 'a=1', '/path', '-H', 'x:y']],
    ['after the arguments', ['api', 'GET', '/path', '-f', 'a=1', '-f', 'b=2', '--header=x: y']],
    ['before the only argument', ['api', '--include', '-H', 'x: y', '/path', '--paginate']],
    ['with its value attached', ['api', '-Flimit=1', 'GET', '/path', '-HAccept: text/plain']],
    ['before --', ['api', '-F', 'a=1', '--', 'GET', '/path']],
  ])('leaves the arguments alone when it is given %s', async (_where, args) => {
    const { code, stderr } = await run(...args)
    expect({ code, stderr }).toEqual({ code: 3, stderr: expect.stringContaining('login_required') })
  })

  it.each<[string, string[]]>([
    ['several flags', ['--scopes', 'a', '--scope', 'b']],
    ['a comma', ['--scopes', 'a,b']],
    ['a space', ['--scopes=a b']],
    ['single quotes, as cmd.exe passes them on', ['--scopes', "'a b'"]],
  ])('has several values when they are written with %s', async (_form, flags) => {
    const { code, stderr } = await run('token', ...flags, '--tenant', "'example.okta.com'")
    expect({ code, stderr }).toEqual({ code: 3, stderr: expect.stringContaining('the scopes "a" "b".') })
  })

  it.each<[string, string[], string]>([
    [
      'scopes',
      ['login', '--scopes', 'a', 'b', ...org],
      'For several values, repeat --scopes, or write --scopes "okta.',
    ],
    ['redirect URIs', ['login', ...org, '--redirect-uri', 'http://a', 'http://b'], 'repeat --redirect-uri'],
    ['fields', ['api', 'GET', '/x', '-F', 'a=1', 'b=2'], 'repeat --field'],
    ['scopes in single quotes', ['token', '--scopes', "'a", "b'"], 'In cmd.exe, quote values with double quotes.'],
  ])('shows how to give several %s when they are several words', async (_what, args, advice) => {
    await expectRejected(args, 'Unexpected argument')
    await expectRejected(args, advice)
  })
})

describe('an error in the code that reads a value', () => {
  it.each<[string, object]>([
    ['a flag', { options: { x: { type: 'string', coerce: fail } } }],
    ['an argument', { positionals: { x: { type: 'string', coerce: fail } } }],
  ])('stays a bug, and is not about the command line, when the value is that of %s', async (_what, described) => {
    const usage = 'positionals' in described ? 'c <x>' : 'c'
    const args = 'positionals' in described ? ['c', '1'] : ['c', '--x', '1']
    const parse = async () =>
      await withCommonFlags(yargs(args))
        .command(usage, '', y => declareCommand({ examples: [], ...described } as never, y as never))
        .fail((_message, error) => {
          throw error
        })
        .parseAsync()
    await expect(parse()).rejects.toThrow(TypeError)
  })
})

function fail(): never {
  throw new TypeError('a bug')
}
