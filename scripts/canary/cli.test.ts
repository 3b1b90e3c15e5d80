import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { OktaEmulator } from '../../packages/emulator/dist/index.js'
import { startWatchedOrg, type WatchedOrg } from './watched-org.test.support.js'
import { startWatched, type WatchedProcess } from './watched-process.test.support.js'

// The test knows every secret. Output is verbose, and some requests fail. Nothing that the CLI writes may contain a secret.
const cli = fileURLToPath(new URL('../../packages/cli/dist/main.cjs', import.meta.url))
const tokenPath = '/oauth2/v1/token'

let org: WatchedOrg
let okta: OktaEmulator
let home: string
let watchedRuns = 0

beforeAll(async () => {
  org = await startWatchedOrg()
  okta = org.okta
  home = org.home
})
afterAll(() => org[Symbol.asyncDispose]())

/** Runs a command and searches its output, its arguments and its environment. A secret is allowed only on stdout of commands that print it. */
async function run(
  args: readonly string[],
  { more = {}, isSecretOnStdout = false, input = '' } = {},
): Promise<WatchedProcess> {
  const watched = startWatched([cli, ...args], { ...org.env, ...more })
  watched.stdin.end(input)
  await watched.ended
  if (watched.seen().includes(cli)) watchedRuns += 1
  expect({ args, stderr: org.leaksIn(watched.output.stderr) }).toEqual({ args, stderr: [] })
  expect({ args, seen: org.leaksIn(watched.seen()) }).toEqual({ args, seen: [] })
  const stdout = org.leaksIn(watched.output.stdout)
  expect({ args, stdout: stdout.length > 0 }).toEqual({ args, stdout: isSecretOnStdout })
  return watched
}

const app = (kind: 'service' | 'spa' | 'native' | 'web', more: readonly string[] = []) => [
  ...['--tenant', okta.orgUrl.origin, '--client-id', okta.client(kind, { dpop: more.includes('key.json') }).clientId],
  ...['--scopes', 'okta.users.read', '--verbose', '--store', 'file'],
  ...more.map(one => (one.endsWith('.json') ? join(home, one) : one)),
]
const dpopApp = () => app('service', ['--jwk-file', 'key.json'])
const verbose = ['--verbose', '--store', 'file']

describe('the CLI', () => {
  it('leaks no secret of an app when requests succeed or fail', async () => {
    expect((await run(['login', ...dpopApp()])).output.stderr).toContain('Connected')
    await run(['token', ...verbose], { isSecretOnStdout: true })
    await run(['header', '--url', `${okta.orgUrl.origin}/api/v1/users`, ...verbose], { isSecretOnStdout: true })
    await run(['status', '--json', ...verbose])
    await run(['api', 'GET', '/api/v1/users', '--include', ...verbose])
    await run(['doctor', ...dpopApp()])
    for (const fault of [
      {
        endpoint: tokenPath,
        status: 400,
        body: '{"error":"invalid_client","error_description":"\\u001b[2J<b>no</b>"}',
      },
      { endpoint: tokenPath, status: 500, retryAfterSeconds: 0 },
      { endpoint: tokenPath, html: true },
      { endpoint: tokenPath, drop: true, afterwards: true },
      { endpoint: '/api/*', status: 403 },
      { endpoint: '/oauth2/v1/revoke', status: 500, retryAfterSeconds: 0 },
    ]) {
      using _ = okta.fault(fault as Parameters<OktaEmulator['fault']>[0])
      await run(['login', ...dpopApp(), '--force'])
      await run(['api', 'GET', '/api/v1/users', ...verbose])
    }
    await run(['login', ...dpopApp(), '--json', '--force'], { more: { NODE_DEBUG: '' } })
    await run(['logout', ...dpopApp()])
  })

  it('leaks no secret of a user', async () => {
    const browser = { BROWSER: join(home, 'browser.mjs') }
    const spa = app('spa', ['--redirect-uri', org.redirectUri])
    expect((await run(['login', ...spa], { more: browser })).output.stderr).toContain('Connected')
    await run(['token', ...verbose, '--force-refresh'], { isSecretOnStdout: true })
    using _ = okta.fault({ endpoint: tokenPath, status: 400, body: '{"error":"invalid_grant"}', times: 1 })
    await run(['token', ...verbose, '--force-refresh'])
    // The token is revoked, which sends it. An app sign-in without its key would be kept.
    const logout = await run(['logout', '--all', ...verbose])
    expect(await logout.ended).toBe(0)
    expect(logout.output.stderr).toContain('/oauth2/v1/revoke')
    expect(logout.output.stderr).toContain('Disconnected')
    await run(['login', ...spa, '--timeout', '1s'], { more: { BROWSER: 'true' } })
  })

  it('leaks no client secret, no API token, and no device code', async () => {
    await writeFile(join(home, 'secret.txt'), okta.client('web').clientSecret ?? '')
    await writeFile(join(home, 'api-token.txt'), okta.apiTokens[0]?.value ?? '')
    // The first poll comes after 5 seconds.
    const device = run(['login', '--device', '--timeout', '7s', ...app('native')])
    const browser = { BROWSER: join(home, 'browser.mjs'), CONNECT_OKTA_GRANT: 'authorization_code' }
    const web = [...app('web', ['--redirect-uri', org.redirectUri]), '--client-secret-file', join(home, 'secret.txt')]
    expect((await run(['login', ...web], { more: browser })).output.stderr).toContain('Connected')
    const apiToken = ['--tenant', okta.orgUrl.origin, '--api-token-file', join(home, 'api-token.txt'), '--verbose']
    await run(['api', 'GET', '/api/v1/users', ...apiToken])
    await device
  })

  it('writes secrets only to the files of the token store', async () => {
    await run(['login', ...dpopApp()])
    const names = await readdir(home, { recursive: true, withFileTypes: true })
    const ownFiles = /key\.json$|secret\.txt$|api-token\.txt$|browser\.mjs$/
    const files = names
      .filter(one => one.isFile() && !ownFiles.test(one.name))
      .map(one => join(one.parentPath, one.name))
    const holders: string[] = []
    for (const file of files) if (org.leaksIn(await readFile(file, 'utf8')).length > 0) holders.push(file)
    expect(holders.every(file => file.startsWith(join(home, 'state', 'tokens')))).toBe(true)
    // The search works: the plain token store contains tokens.
    expect(holders.length).toBeGreaterThan(0)
  })

  it('uses every kind of secret in these tests', () => {
    if (process.platform === 'linux') expect(watchedRuns).toBeGreaterThan(0)
    const kinds = [
      'API token',
      'Authorization',
      'access_token',
      'client key',
      'client secret',
      'client_assertion',
      'code',
    ]
    const more = ['code_verifier', 'device_code', 'id_token', 'password', 'proof', 'refresh_token']
    expect(kinds.concat(more).filter(kind => !org.seenKinds.has(kind))).toEqual([])
  })
})
