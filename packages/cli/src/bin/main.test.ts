import { execFile } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import type { ServerResponse } from 'node:http'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { promisify } from 'node:util'
import { type OktaEmulator, startOktaEmulator } from '@connect-okta/emulator'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { startOrg } from '../../test/support/hostile-org.test.support.js'
import { emptyHome, jsonFile, run } from '../../test/support/run.test.support.js'
import {
  program,
  runProgram,
  runProgramOnTerminal,
  spawnOnTerminal,
  spawnProgram,
} from '../../test/support/spawn.test.support.js'

// No program can send SIGINT to another one there, and bash may be missing.
const isWindows = process.platform === 'win32'

// Only tests that need a process: standard streams, signals and exit codes. All others run `main` in process.

let okta: OktaEmulator
let home: string
let env: Record<string, string>
let app: string[]
let keyFile: string

beforeAll(async () => {
  okta = await startOktaEmulator()
})
afterAll(() => okta.close())
beforeEach(async () => {
  home = await emptyHome()
  env = { HOME: home }
  const { clientId, jwk } = okta.client('service')
  keyFile = await jsonFile(home, 'key.json', jwk)
  app = ['--tenant', okta.orgUrl.origin, '--client-id', clientId, '--scopes', 'okta.users.read']
})

describe('the built program', () => {
  it('signs in with the key on stdin, and prints the token on stdout', async () => {
    const connected = await runProgram(['login', ...app, '--jwk-file', '-'], env, await readFile(keyFile, 'utf8'))
    expect(connected).toMatchObject({ code: 0, stdout: '', stderr: expect.stringContaining('Connected to') })
    const { stdout: token, ...rest } = await runProgram(['token', ...app], env)
    expect(rest).toEqual({ code: 0, signal: null, stderr: '' })
    const headers = { authorization: `Bearer ${token.trim()}` }
    expect((await fetch(new URL('/api/v1/users', okta.orgUrl), { headers })).status).toBe(200)
  })

  it('prints help and version', async () => {
    const help = await runProgram(['--help'], env)
    expect(help).toMatchObject({ code: 0, stderr: '', stdout: expect.stringContaining('  token  ') })
    expect(await runProgram([], env)).toEqual(help)
    const { version } = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8'))
    expect(await runProgram(['--version'], env)).toMatchObject({ code: 0, stderr: '', stdout: `${version}\n` })
  })

  it.each([
    [2, ['token', '--tenat', 'x'], 'Did you mean --tenant'],
    [2, ['doctor', '--tenant', 'exa mple'], ''],
    [3, ['token'], 'login_required'],
  ])('exits with %i for %j', async (code, args, message) => {
    const ended = await runProgram(args, env)
    expect(ended).toMatchObject({ code, signal: null, stderr: expect.stringContaining(message) })
  })
})

describe('Ctrl+C', () => {
  it.skipIf(isWindows)('ends a wait for the key on stdin with exit code 130', async () => {
    const readsStdin = join(home, 'reads-stdin.cjs')
    await writeFile(readsStdin, "process.stdin.once('newListener', () => process.stderr.write('reads stdin\\n'))")
    const options = { ...env, NODE_OPTIONS: `--require ${readsStdin}` }
    const { child, result } = spawnProgram(['login', ...app, '--jwk-file', '-'], options)
    child.stderr.once('data', () => child.kill('SIGINT'))
    expect(await result()).toMatchObject({ code: 130, signal: null, stderr: expect.stringContaining('Cancelled') })
  })
})

describe('a program that stops reading early', () => {
  it('is not a failure', async () => {
    await run(['login', ...app, '--jwk-file', keyFile], env)
    const { child, end } = spawnProgram(['status'], env)
    child.stdout.destroy()
    const stderr = text(child.stderr)
    expect(await end).toEqual({ code: 0, signal: null })
    expect(await stderr).not.toContain('EPIPE')
  })

  it.skipIf(isWindows)('is not a failure when pages are printed, nor when it reads stderr', async () => {
    await run(['login', ...app, '--jwk-file', keyFile], env)
    const flags = [...app, '--jwk-file', keyFile].map(arg => `'${arg}'`).join(' ')
    const script = `"$0" "$1" api /api/v1/users --paginate ${flags} | head -c 1 > /dev/null; echo "$\{PIPESTATUS[0]}"
      "$0" "$1" token --tenant x.okta.com 2>&1 >/dev/null | true; echo "$\{PIPESTATUS[0]}"`
    const variables = { HOME: home, PATH: process.env.PATH }
    const { stdout, stderr } = await promisify(execFile)('bash', ['-c', script, process.execPath, program], {
      env: variables,
    })
    expect({ stdout, stderr }).toEqual({ stdout: '0\n3\n', stderr: '' })
  })
})

it('fails when a command waits for a promise that never settles', async () => {
  // The promise never settles, and nothing keeps the process alive, as with a stream without a source.
  await writeFile(
    join(home, 'never.cjs'),
    `require('node:stream/web').ReadableStream.prototype.values = () => ({
    [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => {}) })
  })`,
  )
  const org = await startOrg(home, (_request, response) => response.end('{}'))
  const ended = await runProgram(['api', '/x', ...org], { ...env, NODE_OPTIONS: `--require ${home}/never.cjs` })
  expect(ended).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('without a result') })
})

describe.skipIf(process.platform !== 'linux')('on a terminal', () => {
  const hostile = 'a\u001B[2Jb\u009B2Jc\u009D0;title\u0007d\u0008e\u202Ef'
  // A terminal writes each newline as two characters.
  const controls = /(?!\r?\n|\t)[\p{Cc}\p{Cf}]/u

  it('shows control characters as escapes when the answer is JSON', async () => {
    const org = await startOrg(home, (_request, response) =>
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ hostile })),
    )
    const shown = await runProgramOnTerminal(['api', '/x', ...org], env)
    expect(shown).not.toMatch(controls)
    expect(JSON.parse(shown)).toEqual({ hostile })
  })

  it('shows control characters of a header as escapes when progress moves', async () => {
    const latin = 'a\u009B2Jb\u009D0;c'
    const lastPage: ServerResponse[] = []
    const org = await startOrg(home, ({ url }, response) => {
      const next = url === '/x' ? { link: '</y>; rel="next"' } : {}
      response.writeHead(200, { ...next, 'x-rate-limit-remaining': latin, 'x-rate-limit-limit': latin })
      if (url === '/x') response.end('[1]')
      else lastPage.push(response)
    })
    const { shown, end } = spawnOnTerminal(['api', '/x', '--paginate', ...org], { ...env, CI: '' })
    await expect.poll(shown).toContain('items so far, a\\u009b2Jb')
    await expect.poll(() => lastPage.length).toBe(1)
    lastPage[0]?.end('[1]')
    expect(await end).not.toMatch(/[\u0080-\u009F]/)
  })

  it('reports a bug without control characters when it is thrown outside of a command', async () => {
    const bug = join(home, 'bug.cjs')
    await writeFile(bug, `setTimeout(() => { throw new Error(${JSON.stringify(hostile)}) }, 300)`)
    const org = await startOrg(home, () => {})
    const shown = await runProgramOnTerminal(['api', '/x', ...org], { ...env, NODE_OPTIONS: `--require ${bug}` })
    expect(shown).toContain('a bug in connect-okta')
    expect(shown).not.toMatch(controls)
  })
})
