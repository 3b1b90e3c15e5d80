import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { emptyHome, start } from '../../test/support/run.test.support.js'
import { commandList } from '../command-list.js'
import { flagsOf } from './command-flags.js'

const commands = await Promise.all(
  commandList.map(async ({ usage, load }) => [usage.replace(/ .*/, ''), (await load()).command] as const),
)

// Without them, the command would listen on a port, or generate an RSA key, which takes long.
const fixed: Readonly<Record<string, readonly string[]>> = {
  serve: ['--config', 'none.yaml'],
  keygen: ['--type', 'P-256'],
}

let home: string
beforeAll(async () => {
  home = await emptyHome()
})

/** Command lines of one command: its flags in every form, with values that fit and values that do not. */
function lines(name: string, table: ReturnType<typeof flagsOf>): fc.Arbitrary<string[]> {
  // These two write to the stdout of this process.
  const own = Object.keys(table).filter(flag => !['new-secret', 'schema'].includes(flag))
  const flag = fc.oneof(
    fc.constantFrom(...own),
    fc.constantFrom(
      'scope',
      'clientId',
      'no-tenant',
      'no-json',
      '__proto__',
      'constructor',
      'tenant.name',
      'help',
      'x',
      '',
    ),
  )
  const letter = fc.constantFrom('q', 'v', 'i', 'F', 'f', 'H', 'h', 'qv', '5')
  const choices = Object.values(table).flatMap(({ choices = [] }) => choices.map(String))
  const value = fc.oneof(
    fc.constantFrom('example.invalid', 'http://127.0.0.1:1', '0oa1', '5m', '-', '', ' ', '1', '-1', '1e3', 'true', '0'),
    fc.constantFrom(
      'memory',
      'file',
      'a=b',
      'x: y',
      '=',
      ',',
      'a,b',
      "'a",
      "'a b'",
      '"x"',
      '[]',
      '{"a":1}',
      '~/k',
      '@-',
    ),
    fc.constantFrom(
      'GET',
      '/api/v1/users',
      'list',
      'show',
      'use',
      'bash',
      '9999999999999999h',
      '../..',
      '\u0000',
      '\u009B',
    ),
    fc.constantFrom(...choices, 'raw'),
    fc.string(),
    fc.string({ unit: 'binary' }),
  )
  const word = fc.oneof(
    fc.tuple(flag, value).map(([one, text]) => [`--${one}`, text]),
    fc.tuple(flag, value).map(([one, text]) => [`--${one}=${text}`]),
    flag.map(one => [`--${one}`]),
    flag.map(one => [`--no-${one}`]),
    fc.tuple(letter, value).map(([one, text]) => [`-${one}`, text]),
    fc.tuple(letter, value).map(([one, text]) => [`-${one}${text}`]),
    value.map(text => [text]),
    fc.constant(['--']),
  )
  return fc
    .tuple(fc.array(word, { maxLength: 5 }), fc.nat(5))
    .map(([words, at]) => [...words.slice(0, at).flat(), name, ...(fixed[name] ?? []), ...words.slice(at).flat()])
}

// No org is reached: 127.0.0.1:1 fails at once. A sign-in ends as soon as it waits for a user.
async function runSafely(args: readonly string[]) {
  const env = { HOME: home, CONNECT_OKTA_TENANT: 'http://127.0.0.1:1' }
  const running = start(args, env, { cwd: home, openBrowser: async () => running.interrupt() })
  const { stdin, shows, interrupt, result } = running
  stdin.end()
  void shows(/To sign in, /).then(interrupt)
  return await result
}

describe.each(commands)('a random command line of %s', (name, command) => {
  it('is never a bug, and prints no undefined value', { timeout: 120_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(lines(name, flagsOf(command)), async args => {
        // `run` rejects exit code 1, which is a bug.
        const { code, stdout } = await runSafely(args)
        expect([0, 2, 3, 4, 5, 6, 130]).toContain(code)
        expect(stdout).not.toMatch(/undefined|\[object/)
      }),
      { numRuns: 150 },
    )
  })
})
