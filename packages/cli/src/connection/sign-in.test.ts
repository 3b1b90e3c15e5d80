import { readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { type OktaEmulator, ScriptedBrowser, startOktaEmulator } from '@connect-okta/emulator'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { freeRedirectUri } from '../../test/support/free-redirect-uri.test.support.js'
import { emptyHome, run, start } from '../../test/support/run.test.support.js'
import { scriptedBrowser, signInAs } from '../../test/support/scripted-browser.test.support.js'
import { spawnProgram } from '../../test/support/spawn.test.support.js'

let okta: OktaEmulator
let redirectUri: string
let home: string
let env: Record<string, string>
let browser: Record<string, string>
let login: string[]

beforeAll(async () => {
  redirectUri = await freeRedirectUri()
  okta = await startOktaEmulator({
    clients: [
      { kind: 'spa', redirectUris: [redirectUri] },
      { kind: 'web', redirectUris: [redirectUri] },
      { kind: 'service' },
      { kind: 'native' },
    ],
  })
})
afterAll(() => okta.close())
beforeEach(async () => {
  home = await emptyHome()
  env = { HOME: home }
  browser = await scriptedBrowser(home, okta.users[0] ?? { login: '', password: '' })
  login = ['login', '--tenant', okta.orgUrl.origin, '--client-id', okta.client('spa').clientId]
  login.push('--scopes', 'okta.users.read', '--redirect-uri', redirectUri)
})

const inBrowser = () => ({ openBrowser: signInAs(okta.users[0]) })

describe('login in the browser', () => {
  it('opens the browser that BROWSER names, and ends with a token that works', async () => {
    const result = await run(login, { ...env, ...browser })
    expect(result).toMatchObject({ code: 0, stdout: '', stderr: expect.stringContaining('Connected to') })
    const { stdout } = await run(['token', '--force-refresh'], env)
    const answer = await fetch(new URL('/api/v1/users/me', okta.orgUrl), {
      headers: { authorization: `Bearer ${stdout.trim()}` },
    })
    expect(answer.status).toBe(200)
  })

  it('ends at once in a CI job in which no browser can be opened, unless --no-browser is given', async () => {
    const job = { ...env, CI: 'true', BROWSER: '/nowhere/browser' }
    expect(await run(login, job)).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('CONNECT_OKTA_PRIVATE_KEY'),
    })
    expect(await run([...login, '--no-browser', '--timeout', '1s'], job)).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('(login_timeout)'),
    })
  })

  it('is ended by logout --all when another app is the default', async () => {
    await run(login, env, inBrowser())
    const { clientId, jwk } = okta.client('service')
    await writeFile(join(home, 'key.json'), JSON.stringify(jwk), { mode: 0o600 })
    const service = ['--client-id', clientId, '--scopes', 'okta.users.read', '--jwk-file', join(home, 'key.json')]
    await run(['login', '--profile', 'ci', '--tenant', okta.orgUrl.origin, ...service], env)
    await run(['profiles', 'use', 'ci'], env)
    const { stdout, stderr } = await run(['logout', '--all', '--json'], env)
    expect(stderr).not.toContain('not revoked')
    expect(JSON.parse(stdout)).toMatchObject([{ revoked: true }, { revoked: true }])
  })

  it('accepts the callback URL from stdin and opens no browser when --manual is given', async () => {
    const [user = { login: '', password: '' }] = okta.users
    const { stdin, shows, result } = start([...login, '--manual'], { ...env, BROWSER: 'false' })
    const [, address = ''] = await shows(/(http\S+authorize\S+)[\s\S]*URL: $/)
    stdin.end(`${(await new ScriptedBrowser(okta).signIn(new URL(address), user)).href}\n`)
    expect((await result).code).toBe(0)
    expect((await run(['status', '--json'], env)).stdout).toContain('authorization_code')
  })

  it('rejects an invalid callback URL, and exits at the end of stdin', async () => {
    const result = await run([...login, '--manual'], env, { input: 'nonsense\n' })
    expect(result).toMatchObject({
      code: 3,
      stdout: '',
      stderr: expect.stringContaining(`starts with ${redirectUri}?`),
    })
  })

  it('passes no secret to the browser', async () => {
    const secrets = { OKTA_CLIENT_PASSWORD: 'a-password', CONNECT_OKTA_STORE_KEY: 'a-store-key' }
    await run(login, { ...env, ...browser, ...secrets })
    const seen = await readFile(join(home, 'seen.json'), 'utf8')
    expect(seen).toContain('/oauth2/v1/authorize')
    expect(seen).not.toMatch(/a-password|a-store-key/)
  })

  it('opens no browser when a token is stored, except with --force', async () => {
    await run(login, env, inBrowser())
    const broken = { ...env, BROWSER: '/nonexistent' }
    expect(await run(login, broken)).toMatchObject({ code: 0 })
    expect(await run([...login, '--force', '--timeout', '100ms'], broken)).toMatchObject({ code: 3 })
    expect(await run([...login, '--force'], env, inBrowser())).toMatchObject({ code: 0 })
  })

  it('prints the URL when --no-browser is given', async () => {
    const { shows, result } = start([...login, '--no-browser'], { ...env, BROWSER: '/nonexistent' })
    const [url] = await shows(/http:\S+(?=\n)/)
    await signInAs(okta.users[0])(new URL(url))
    expect(await result).toMatchObject({ code: 0, stderr: expect.stringContaining('Connected') })
  })

  it.each([[[]], [['--quiet']]])('prints the address and waits when there is no browser, with %j', async flags => {
    const { shows, result } = start([...login, ...flags], { ...env, BROWSER: '/nonexistent' })
    const [url] = await shows(/http:\S+(?=\n[\s\S]*--manual)/)
    await signInAs(okta.users[0])(new URL(url))
    expect(await result).toMatchObject({ code: 0, stdout: '', stderr: expect.stringContaining('/nonexistent') })
  })

  it('fails after --timeout', async () => {
    const result = await run([...login, '--no-browser', '--timeout', '300ms'], env)
    expect(result).toMatchObject({ code: 3, stderr: expect.stringContaining('login_timeout') })
  })

  it('ends at Ctrl+C with 130, frees the port, and stores nothing', async () => {
    const { child, result } = spawnProgram([...login, '--no-browser'], env)
    child.stderr.once('data', () => child.kill('SIGINT'))
    expect(await result()).toMatchObject({ code: 130, signal: null })
    expect(await run(['token'], env)).toMatchObject({ code: 3 })
    expect(await run(login, env, inBrowser())).toMatchObject({ code: 0 })
  })

  it('suggests the flag that changes the port when the port is in use', async () => {
    const other = createServer()
    await new Promise<void>(resolve => other.listen(Number(new URL(redirectUri).port), '127.0.0.1', resolve))
    try {
      const result = await run(login, env, inBrowser())
      expect(result).toMatchObject({ code: 6, stderr: expect.stringContaining('--redirect-uri') })
    } finally {
      other.close()
    }
  })

  it('signs in a user when the app has a secret and --grant asks for a user', async () => {
    const { clientId, clientSecret } = okta.client('web')
    const file = join(home, 'secret')
    await writeFile(file, clientSecret ?? '')
    const app = ['--tenant', okta.orgUrl.origin, '--client-id', clientId, '--client-secret-file', file]
    const which = [...app, '--scopes', 'okta.users.read', '--grant', 'authorization_code']
    const result = await run(['login', ...which, '--redirect-uri', redirectUri], env, inBrowser())
    expect(result).toMatchObject({ code: 0, stdout: '', stderr: expect.stringContaining('Connected to') })
    const { stdout } = await run(['token', ...which, '--json'], env)
    expect(JSON.parse(stdout)).toMatchObject({ scopes: expect.arrayContaining(['okta.users.read', 'openid']) })
  })

  it('rejects --grant when it conflicts with --device', async () => {
    const result = await run([...login, '--grant', 'client_credentials', '--device'], env)
    expect(result).toMatchObject({ code: 2, stderr: expect.stringContaining('--device') })
  })

  it('is required when token finds none, which opens no browser', async () => {
    const result = await run(['token', ...login.slice(1, 5)], { ...env, ...browser })
    expect(result).toMatchObject({ code: 3, stderr: expect.stringContaining('login_required') })
    await expect(readFile(join(home, 'seen.json'))).rejects.toThrow('ENOENT')
  })
})

describe('login on another device', () => {
  it('prints a URL and a code, and waits', async () => {
    const { clientId } = okta.client('native')
    const login = ['login', '--tenant', okta.orgUrl.origin, '--client-id', clientId, '--device']
    const { shows, result } = start(login, env)
    const [, address = '', userCode = ''] = await shows(/go to (\S+) and enter the code:\s+(\S+)\s/)
    const user = okta.users[0] ?? { login: '', password: '' }
    await new ScriptedBrowser(okta).activate(address, user, { userCode })
    expect(await result).toMatchObject({ code: 0, stdout: '', stderr: expect.stringContaining('Connected to') })
    expect((await run(['token'], env)).stdout).toMatch(/^\S+\n$/)
  })
})
