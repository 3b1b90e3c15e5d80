import { execFile } from 'node:child_process'
import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'
import { beforeEach, describe, expect, inject, it } from 'vitest'
import { emptyHome, run } from './run.test.support.js'
import { program } from './spawn.test.support.js'

const { zsh, fish } = inject('systemNeeds')
const execute = promisify(execFile)

let home: string
let env: Record<string, string>
beforeEach(async () => {
  home = await emptyHome()
  await mkdir(join(home, 'bin'))
  await symlink(program, join(home, 'bin', 'connect-okta'))
  env = { HOME: home, PATH: `${join(home, 'bin')}${delimiter}${process.env.PATH}` }
  await mkdir(join(home, '.config/connect-okta'), { recursive: true })
  const profiles = 'profiles:\n  production: { tenant: a.okta.com }\n  preview: { scopes: [orders.read] }\n'
  await writeFile(join(home, '.config/connect-okta/profiles.yaml'), profiles)
})

async function script(shell: string): Promise<string> {
  const { stdout } = await run(['completion', shell], { HOME: home })
  const path = join(home, `completion.${shell}`)
  await writeFile(path, stdout)
  return path
}

/** What bash offers for a line, as its Tab would ask. */
async function inBash(...words: string[]): Promise<readonly string[]> {
  const ask = `
    source "$1"; shift
    COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
    _connect_okta
    printf '%s\\n' "\${COMPREPLY[@]}"`
  const args = ['--norc', '--noprofile', '-c', ask, 'bash', await script('bash'), 'connect-okta', ...words]
  const { stdout } = await execute('bash', args, { env, cwd: home })
  return stdout.split('\n').filter(Boolean)
}

describe('completion in bash', () => {
  it.each<[string[], string[]]>([
    [['lo'], ['login', 'logout']],
    [['--json', 'keyg'], ['keygen']],
    [['token', '--min'], ['--min-validity']],
    [
      ['token', '--format', ''],
      ['raw', 'json', 'header', 'exec-credential'],
    ],
    [['token', '--format', '=', 'ex'], ['exec-credential']],
    [
      ['token', '--format', '='],
      ['raw', 'json', 'header', 'exec-credential'],
    ],
    [
      ['token', '--profile', 'pr'],
      ['production', 'preview'],
    ],
    [
      ['token', '--scopes', 'okta.users.r'],
      ['okta.users.read', 'okta.users.read.self'],
    ],
    [['token', '--scope', 'okta.users.read', 'ord'], ['orders.read']],
    [['profiles', 'u'], ['use']],
    [
      ['profiles', 'remove', ''],
      ['production', 'preview'],
    ],
    [['api', 'PO'], ['POST']],
    [['nonsense', ''], []],
    // Files are bash's own business.
    [['login', '--jwk-file', ''], []],
  ])('%j', async (words, candidates) => {
    expect(await inBash(...words)).toEqual(candidates)
  })

  it('offers each flag once, and not one that is there', async () => {
    const flags = await inBash('token', '--quiet', '--')
    expect(flags).toContain('--force-refresh')
    expect(flags).toContain('--scopes')
    expect(flags).not.toContain('--quiet')
    expect(flags).not.toContain('--forceRefresh')
    expect(new Set(flags).size).toBe(flags.length)
  })
})

describe('completion in other shells', () => {
  it.skipIf(fish === undefined)('fish offers what it means too', async () => {
    const ask = `source ${await script('fish')}; complete -C 'connect-okta keyg'; complete -C 'connect-okta token --profile prod'`
    const { stdout } = await execute('fish', ['--no-config', '-c', ask], { env, cwd: home })
    expect(stdout).toBe('keygen\tMake a client key for an app\nproduction\n')
  })

  it.skipIf(zsh === undefined)('zsh takes the script, and hands on every word', async () => {
    // Where a completion ends is the line editor's: here its last step only prints what it was given.
    const ask = `
      compdef() { :; }
      source ${await script('zsh')}
      _describe() { print -rl -- "\${(@P)2}"; }
      _files() { print files; }
      ask() { words=(connect-okta "$@"); CURRENT=$#words; _connect_okta; }
      ask keyg; ask token --profile prod; ask token --profile ''; ask login --jwk-file ''`
    const { stdout } = await execute('zsh', ['--no-rcs', '-c', ask], { env, cwd: home })
    const both = 'production\npreview\n'
    expect(stdout).toBe(`keygen:Make a client key for an app\nproduction\n${both}files\n`)
  })

  it('PowerShell gets a script that registers a completer', async () => {
    const { stdout } = await run(['completion', 'powershell'], { HOME: home })
    expect(stdout).toMatch(/^Register-ArgumentCompleter -Native -CommandName connect-okta/)
  })

  it('names the shells that there are', async () => {
    const { code, stderr } = await run(['completion', 'tcsh'], { HOME: home })
    expect(code).toBe(2)
    expect(stderr).toContain('"fish"')
  })
})
