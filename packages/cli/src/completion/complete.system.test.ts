import { execFile } from 'node:child_process'
import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'
import { beforeEach, describe, expect, inject, it } from 'vitest'
import { emptyHome, run } from '../../test/support/run.test.support.js'
import { program } from '../../test/support/spawn.test.support.js'

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

/** The candidates for the last of the words, as a shell's script asks for them. */
async function candidates(...words: string[]): Promise<readonly string[]> {
  const args = ['__complete', ...words.slice(0, -1), `=${words.at(-1)}`]
  const { code, stdout } = await run(args, { HOME: home })
  expect(code).toBe(0)
  return stdout.split('\n').flatMap(line => line.split('\t')[0] || [])
}

describe('completion', () => {
  it.each<[string[], string[]]>([
    [['exec', '--for', 'okta-sdk-n'], ['okta-sdk-nodejs']],
    [['exec', '--for', 'terraform', '--', 'ter'], [':files']],
    [['lo'], ['login', 'logout']],
    [['--json', 'keyg'], ['keygen']],
    [['token', '--min'], ['--min-validity']],
    [['token', '--he'], ['--help']],
    [['logout', '--no'], ['--no-revoke']],
    [
      ['token', '--format', ''],
      ['raw', 'json', 'header', 'env', 'exec-credential'],
    ],
    [['token', '--format=ex'], ['--format=exec-credential']],
    [['token', '--format', '=', 'ex'], ['exec-credential']],
    [
      ['token', '--format', '='],
      ['raw', 'json', 'header', 'env', 'exec-credential'],
    ],
    [
      ['token', '--profile', 'pr'],
      ['production', 'preview'],
    ],
    [
      ['token', '--scopes', 'okta.users.r'],
      ['okta.users.read', 'okta.users.read.self'],
    ],
    [['token', '--scope', 'okta.users.read', '--scope', 'ord'], ['orders.read']],
    [['token', '--scope', 'okta.users.read', 'ord'], []],
    [['profiles', 'u'], ['use']],
    [
      ['profiles', 'remove', ''],
      ['production', 'preview'],
    ],
    [['api', 'PO'], ['POST']],
    [['api', '-H', 'x', 'PO'], ['POST']],
    [['serve', '--config', ''], [':files']],
    [['nonsense', ''], []],
    [['login', '--jwk-file', ''], [':files']],
  ])('of %j offers %j', async (words, expected) => {
    expect(await candidates(...words)).toEqual(expected)
  })

  it('offers each flag once, and not one that is given', async () => {
    const flags = await candidates('token', '--quiet', '--')
    expect(flags).toContain('--force-refresh')
    expect(flags).toContain('--scopes')
    expect(flags).not.toContain('--quiet')
    expect(flags).not.toContain('--forceRefresh')
    expect(new Set(flags).size).toBe(flags.length)
  })
})

describe('completion in a shell', () => {
  it('replaces the word at the cursor in bash, also after an equals sign, and completes files', async () => {
    const ask = `
      source "$1"
      ask() { COMP_WORDS=(connect-okta "$@"); COMP_CWORD=$#; _connect_okta; echo "\${COMPREPLY[@]}"; }
      ask --json keyg; ask token --format = ex; ask token --profile ''; ask login --jwk-file ''`
    const args = ['--norc', '--noprofile', '-c', ask, 'bash', await script('bash')]
    const { stdout } = await execute('bash', args, { env, cwd: home })
    expect(stdout).toBe('keygen\nexec-credential\nproduction preview\n\n')
  })

  it.skipIf(fish === undefined)('offers descriptions in fish', async () => {
    const ask = `source ${await script('fish')}; complete -C 'connect-okta keyg'; complete -C 'connect-okta token --profile prod'`
    const { stdout } = await execute('fish', ['--no-config', '-c', ask], { env, cwd: home })
    expect(stdout).toBe('keygen\tGenerate a private key for an app\nproduction\n')
  })

  it.skipIf(zsh === undefined)('passes every word on in zsh', async () => {
    // The line editor ends a completion: here its last step only prints what it gets.
    const ask = `
      compdef() { :; }
      source ${await script('zsh')}
      _describe() { print -rl -- "\${(@P)2}"; }
      _files() { print files; }
      ask() { words=(connect-okta "$@"); CURRENT=$#words; _connect_okta; }
      ask keyg; ask token --profile prod; ask token --profile ''; ask login --jwk-file ''`
    const { stdout } = await execute('zsh', ['--no-rcs', '-c', ask], { env, cwd: home })
    const both = 'production\npreview\n'
    expect(stdout).toBe(`keygen:Generate a private key for an app\nproduction\n${both}files\n`)
  })

  it('registers a completer in PowerShell', async () => {
    const { stdout } = await run(['completion', 'powershell'], { HOME: home })
    expect(stdout).toMatch(/^Register-ArgumentCompleter -Native -CommandName connect-okta/)
  })

  it('lists the shells when another one is named', async () => {
    const { code, stderr } = await run(['completion', 'tcsh'], { HOME: home })
    expect(code).toBe(2)
    expect(stderr).toContain('"fish"')
  })
})
