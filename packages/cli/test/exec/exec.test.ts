import { createHash } from 'node:crypto'
import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { type OktaEmulator, startOktaEmulator } from '@connect-okta/emulator'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { emptyHome, jsonFile } from '../support/run.test.support.js'
import { runProgram, spawnProgram } from '../support/spawn.test.support.js'

const printEnvironment = nodeProgram(new URL('../support/print-environment.test.support.mjs', import.meta.url))
const callOkta = nodeProgram(new URL('../support/call-okta.test.support.mjs', import.meta.url))
const digest = (text: string) => createHash('sha256').update(text).digest('hex')

function nodeProgram(file: URL): string[] {
  return [process.execPath, fileURLToPath(file)]
}

let okta: OktaEmulator
let home: string
let app: string[]

beforeAll(async () => {
  okta = await startOktaEmulator({ clients: [{ kind: 'service' }, { kind: 'service', dpop: true }] })
})
afterAll(() => okta.close())
beforeEach(async () => {
  home = await emptyHome()
  app = await flagsOf('service', false)
})

async function flagsOf(kind: 'service', dpop: boolean): Promise<string[]> {
  const { clientId, jwk } = okta.client(kind, { dpop })
  const connection = ['--tenant', okta.orgUrl.origin, '--client-id', clientId, '--scopes', 'okta.users.read']
  return [...connection, '--jwk-file', await jsonFile(home, `${clientId}.json`, jwk)]
}

const exec = (args: readonly string[], env: Record<string, string> = {}, input = '') =>
  runProgram(['exec', '--quiet', ...args], { HOME: home, ...env }, input)

describe('exec', () => {
  it('runs a program with the token in the variable that --for names, and prints nothing of its own', async () => {
    const { stdout: token } = await runProgram(['token', ...app], { HOME: home })
    const printed = await exec([...app, '--for', 'env:TOKEN', '--', ...printEnvironment, '-h', '--json', 'a b'])
    expect(printed).toMatchObject({ code: 0, stderr: '' })
    const { args, variables } = JSON.parse(printed.stdout)
    expect(variables.TOKEN).toBe(digest(token.trim()))
    // No other variable and no argument contains it.
    expect(Object.values(variables).filter(value => value === digest(token.trim()))).toHaveLength(1)
    expect(args).toEqual(['-h', '--json', 'a b'])
  })

  it('gives a token that the API accepts', async () => {
    const run = await exec([...app, '--for', 'env:TOKEN', '--', ...callOkta, 'token', okta.orgUrl.origin])
    expect(JSON.parse(run.stdout)).toMatchObject({ status: 200, users: 2 })
  })

  it('gets a token that lives as long as --min-validity', async () => {
    await runProgram(['token', ...app], { HOME: home })
    const requests = () => okta.requests.filter(({ path }) => path === '/oauth2/v1/token').length
    const before = requests()
    await exec([...app, '--for', 'env:TOKEN', '--', 'true'])
    expect(requests()).toBe(before)
    // The token expires in an hour.
    await setTimeout(1_100)
    await exec([...app, '--for', 'env:TOKEN', '--min-validity', '59m59s', '--', 'true'])
    expect(requests()).toBe(before + 1)
  })

  it('removes other credentials and its own settings from the environment', async () => {
    const keyText = JSON.stringify(okta.client('service', { dpop: false }).jwk)
    const env = {
      CONNECT_OKTA_PRIVATE_KEY: keyText,
      CONNECT_OKTA_TENANT: okta.orgUrl.origin,
      OKTA_PRIVATE_KEY: keyText,
      OKTA_API_TOKEN: 'not-a-real-token',
      OKTA_CLIENT_SECRET: 'not-a-real-secret',
      OKTA_AWSCLI_PRIVATE_KEY: keyText,
      Okta_Access_Token: 'not-a-real-token',
      OKTA_CLIENT_CONNECTIONTIMEOUT: '30',
      OKTA_TOKEN_ENDPOINT: 'https://example.okta.com',
    }
    const { clientId } = okta.client('service', { dpop: false })
    const flags = ['--client-id', clientId, '--scopes', 'okta.users.read']
    const { stdout } = await exec([...flags, '--for', 'env:TOKEN', '--', ...printEnvironment], env)
    const { variables } = JSON.parse(stdout)
    expect(Object.keys(variables).filter(name => /okta/i.test(name))).toEqual([
      'OKTA_CLIENT_CONNECTIONTIMEOUT',
      'OKTA_TOKEN_ENDPOINT',
    ])
    expect(Object.values(variables)).not.toContain(digest(keyText))
  })

  it.each([
    ['terraform', 'terraform'],
    ['okta-sdk', 'go'],
    ['okta-sdk-go', 'go'],
    ['okta-sdk-golang', 'go'],
    ['okta-sdk-python', 'go'],
    ['okta-cli-client', 'go'],
    ['okta-sdk-dotnet', 'dotnet'],
  ])('points %s to the local proxy when the token is bound to a key', async (tool, as) => {
    const bound = await flagsOf('service', true)
    const run = await exec([...bound, '--for', tool, '--', ...callOkta, as])
    expect({ code: run.code, stderr: run.stderr }).toEqual({ code: 0, stderr: '' })
    const { status, users, link } = JSON.parse(run.stdout)
    expect({ status, users }).toEqual({ status: 200, users: 2 })
    expect(link).not.toContain(`${okta.orgUrl.host}/`)
    expect(okta.requests.at(-1)).toMatchObject({ path: '/api/v1/users', status: 200 })
  })

  it('gets one token when the program needs the local proxy and tokens are stored in memory', async () => {
    const before = okta.requests.filter(({ path }) => path === '/oauth2/v1/token').length
    await exec([...app, '--store', 'memory', '--for', 'okta-sdk-go', '--', ...callOkta, 'go'])
    expect(okta.requests.filter(({ path }) => path === '/oauth2/v1/token')).toHaveLength(before + 1)
  })

  it('gives no variable a static API token, but the token of a local proxy', async () => {
    await writeFile(join(home, 'api-token'), okta.apiTokens[0]?.value ?? '', { mode: 0o600 })
    const flags = ['--tenant', okta.orgUrl.origin, '--api-token-file', join(home, 'api-token')]
    const run = await exec([...flags, '--for', 'terraform', '--', ...callOkta, 'terraform'])
    expect(JSON.parse(run.stdout)).toMatchObject({ status: 200, users: 2 })
    const printed = await exec([...flags, '--for', 'terraform', '--', ...printEnvironment])
    expect(Object.values(JSON.parse(printed.stdout).variables)).not.toContain(digest(okta.apiTokens[0]?.value ?? ''))
  })

  it('rejects a variable for a token that is bound to a key, and says what to do', async () => {
    const bound = await flagsOf('service', true)
    const run = await exec([...bound, '--for', 'env:TOKEN', '--', ...printEnvironment])
    expect(run).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringMatching(/does not work with --for env:TOKEN[\s\S]*connect-okta proxy/),
    })
  })

  it('renews the token of a program that runs long with --proxy', async () => {
    const { stdout: token } = await runProgram(['token', ...app], { HOME: home })
    const run = await exec([...app, '--proxy', '--for', 'okta-sdk-go', '--', ...callOkta, 'go'])
    expect(JSON.parse(run.stdout)).toMatchObject({ status: 200 })
    const printed = await exec([...app, '--proxy', '--for', 'okta-sdk-go', '--', ...printEnvironment])
    expect(Object.values(JSON.parse(printed.stdout).variables)).not.toContain(digest(token.trim()))
  })

  it('adds this machine to NO_PROXY when the program uses the local proxy', async () => {
    const show = '--show=NO_PROXY,no_proxy'
    const env = { NO_PROXY: 'internal.example' }
    const { stdout } = await exec([...app, '--proxy', '--for', 'okta-sdk-dotnet', '--', ...printEnvironment, show], env)
    expect(JSON.parse(stdout).variables).toMatchObject({ NO_PROXY: 'internal.example,localhost,127.0.0.1' })
  })

  it('knows Terraform by its name', async () => {
    const bin = join(home, 'bin')
    await mkdir(bin)
    await writeFile(join(bin, 'terraform'), `#!/bin/sh\nexec ${callOkta.join(' ')} terraform\n`)
    await chmod(join(bin, 'terraform'), 0o755)
    const run = await exec([...app, '--', 'terraform', 'plan'], { PATH: `${bin}:${process.env.PATH}` })
    expect(JSON.parse(run.stdout)).toMatchObject({ status: 200, users: 2 })
  })

  it.each([
    ['no program', [], /Missing command after --[\s\S]*exec --for terraform -- terraform plan/],
    ['no program after --', ['--for', 'terraform', '--'], /Missing command after --/],
    ['a program without --', ['terraform', 'plan'], /Write -- before the command/],
    ['a program with a flag without --', ['terraform', 'plan', '-out', 'x'], /Write -- before the command/],
    [
      'an unknown program without --for',
      ['--', 'python3', 'x.py'],
      /Missing option: --for[\s\S]*terraform, .*okta-sdk-python/,
    ],
    ['an unknown tool', ['--for', 'terrafrom', '--', 'x'], /Unknown tool in --for. Did you mean terraform/],
    ['an invalid variable', ['--for', 'env:A=B', '--', 'x'], /Invalid variable name/],
    ['okta-mcp-server', ['--', 'okta-mcp-server'], /okta-mcp-server does not accept a token[\s\S]*https/],
  ])('explains the command line when it gets %s', async (_what, args, message) => {
    const run = await exec(args.includes('--') || args.length === 0 ? [...app, ...args] : [...args, ...app])
    expect(run).toMatchObject({ code: 2, stdout: '', stderr: expect.stringMatching(message) })
  })

  it('reports tools that need different values of one variable', async () => {
    const run = await exec([...app, '--proxy', '--for', 'okta-sdk-go,okta-sdk-nodejs', '--', 'true'])
    expect(run).toMatchObject({ code: 2, stderr: expect.stringContaining('OKTA_CLIENT_AUTHORIZATIONMODE') })
  })

  it.each([
    ['does not exist', 'no-such-program', /Cannot start no-such-program: no such program \(ENOENT\)/],
    ['is not executable', fileURLToPath(import.meta.url), /Cannot start .*exec\.test\.ts: not executable \(EACCES\)/],
    ['may be a secret', 'A'.repeat(40), /Cannot start \(.*, 40 characters\)/],
  ])('exits with 6 when the program %s', async (_what, name, message) => {
    const run = await exec([...app, '--for', 'env:TOKEN', '--', name, 'argument-of-it'])
    expect(run).toMatchObject({ code: 6, stdout: '', stderr: expect.stringMatching(message) })
    expect(run.stderr).not.toMatch(/argument-of-it|A{40}/)
  })
})

describe('an okta.yaml', () => {
  it.each([
    ['okta-sdk-python', true],
    ['okta-sdk-go', false],
  ])('is reported for %s: %s', async (tool, isReported) => {
    await mkdir(join(home, '.okta'))
    const file = join(home, '.okta', 'okta.yaml')
    await writeFile(file, 'okta:\n  client:\n    token: not-a-real-token\n', { mode: 0o600 })
    const { stderr } = await runProgram(['exec', ...app, '--for', tool, '--', 'true'], { HOME: home })
    expect(stderr.includes(`warning: The Python SDK reads ${file} instead`)).toBe(isReported)
    expect(stderr).not.toContain('not-a-real-token')
  })
})

describe.skipIf(process.platform === 'win32')('the exit code of exec', () => {
  const asEnv = () => [...app, '--for', 'env:TOKEN', '--']

  it('is the one of the program', async () => {
    expect(await exec([...asEnv(), 'sh', '-c', 'exit 7'])).toMatchObject({ code: 7 })
  })

  it('is 128 plus the signal that ended the program', async () => {
    expect(await exec([...asEnv(), 'sh', '-c', 'kill -KILL $$'])).toMatchObject({ code: 137 })
  })

  it.each([
    ['SIGINT', 42],
    ['SIGTERM', 43],
    ['SIGHUP', 44],
  ] as const)('is the one of the program after %s, which it gets', async (signal, code) => {
    const script =
      'trap "exit 42" INT; trap "exit 43" TERM; trap "exit 44" HUP; echo ready; while :; do sleep 0.05; done'
    const { child, end } = spawnProgram(['exec', ...asEnv(), 'sh', '-c', script], { HOME: home })
    child.stdout.once('data', () => child.kill(signal))
    expect(await end).toEqual({ code, signal: null })
  })

  it('is 143 when a program without a handler gets SIGTERM', async () => {
    const { child, end } = spawnProgram(['exec', ...asEnv(), 'sh', '-c', 'echo ready; exec sleep 30'], { HOME: home })
    child.stdout.once('data', () => child.kill('SIGTERM'))
    expect(await end).toEqual({ code: 143, signal: null })
  })

  it('lets the program read stdin', async () => {
    expect(await exec([...asEnv(), 'cat'], {}, 'some text')).toMatchObject({ code: 0, stdout: 'some text' })
  })
})
