import { createHash, randomBytes } from 'node:crypto'
import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { freePort, type OktaEmulator, startOktaEmulator } from '../../packages/emulator/dist/index.js'
import { browserProgram } from './surroundings.test.support.js'
import { startWatched, type WatchedProcess } from './watched-process.test.support.js'
import { startWiretap, type Wiretap } from './wiretap.test.support.js'

// The doors run with every secret marked, at the loudest, with faults; then everything that they left is searched.
vi.setConfig({ testTimeout: 300_000 })

const built = (path: string) => fileURLToPath(new URL(`../../packages/${path}`, import.meta.url))
const tokenPath = '/oauth2/v1/token'

let wiretap: Wiretap
let okta: OktaEmulator
let home: string
let redirectUri: string
const secrets = new Map<string, string>()
const env = () => ({
  HOME: home,
  CONNECT_OKTA_STATE_DIR: join(home, 'state'),
  CONNECT_OKTA_CONFIG_DIR: join(home, 'config'),
})

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'canary-'))
  redirectUri = `http://localhost:${await freePort()}/login/callback`
  wiretap = await startWiretap()
  okta = await startOktaEmulator({
    orgUrl: wiretap.origin,
    clients: [
      { kind: 'service', dpop: true },
      { kind: 'service' },
      { kind: 'spa', redirectUris: [redirectUri] },
      { kind: 'native' },
      { kind: 'web', redirectUris: [redirectUri] },
    ],
  })
  wiretap.leadTo(okta.localUrl)
  for (const { jwk, clientSecret } of okta.clients) {
    for (const name of ['d', 'p', 'q', 'dp', 'dq', 'qi'] as const) if (jwk?.[name]) secrets.set(jwk[name], 'client key')
    if (clientSecret) secrets.set(clientSecret, 'client secret')
  }
  for (const { value } of okta.apiTokens) secrets.set(value, 'API token')
  for (const { password } of okta.users) secrets.set(password, 'password')
  await writeFile(join(home, 'key.json'), JSON.stringify(okta.client('service', { dpop: true }).jwk))
  await writeFile(join(home, 'bearer-key.json'), JSON.stringify(okta.client('service').jwk))
  await writeFile(join(home, 'browser.mjs'), browserProgram(okta.users[0]))
  await chmod(join(home, 'browser.mjs'), 0o755)
})
afterAll(async () => {
  await okta.close()
  await wiretap[Symbol.asyncDispose]()
  await rm(home, { recursive: true, force: true })
})

/** The kinds of secrets in a text, each once. */
function leaksIn(text: string): readonly string[] {
  const all = new Map([...secrets, ...wiretap.secrets])
  const found = [...all].filter(([value]) => text.includes(value) || text.includes(encodeURIComponent(value)))
  return [...new Set(found.map(([, kind]) => kind))]
}

/** Runs a command to its end, and searches what it left. Where stdout is for a secret, that alone is not searched. */
async function run(
  args: readonly string[],
  { more = {}, isSecretOnStdout = false, input = '' } = {},
): Promise<WatchedProcess> {
  const watched = startWatched([built('cli/dist/main.cjs'), ...args], { ...env(), ...more })
  watched.stdin.end(input)
  await watched.ended
  expect({ args, stderr: leaksIn(watched.said.stderr) }).toEqual({ args, stderr: [] })
  expect({ args, seen: leaksIn(watched.seen()) }).toEqual({ args, seen: [] })
  const stdout = leaksIn(watched.said.stdout)
  expect({ args, stdout: stdout.length > 0 }).toEqual({ args, stdout: isSecretOnStdout })
  return watched
}

const app = (kind: 'service' | 'spa' | 'native' | 'web', more: readonly string[] = []) => [
  ...['--tenant', okta.orgUrl.origin, '--client-id', okta.client(kind, { dpop: more.includes('key.json') }).clientId],
  ...['--scopes', 'okta.users.read', '--verbose', '--store', 'file'],
  ...more.map(one => (one.endsWith('.json') ? join(home, one) : one)),
]
const dpopApp = () => app('service', ['--jwk-file', 'key.json'])
const loud = ['--verbose', '--store', 'file']

describe('the command line', () => {
  it('keeps the secrets of an app to itself, whatever happens', async () => {
    expect((await run(['login', ...dpopApp()])).said.stderr).toContain('Connected')
    await run(['token', ...loud], { isSecretOnStdout: true })
    await run(['header', '--url', `${okta.orgUrl.origin}/api/v1/users`, ...loud], { isSecretOnStdout: true })
    await run(['status', '--json', ...loud])
    await run(['api', 'GET', '/api/v1/users', '--include', ...loud])
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
      await run(['api', 'GET', '/api/v1/users', ...loud])
    }
    await run(['login', ...dpopApp(), '--json', '--force'], { more: { NODE_DEBUG: '' } })
    await run(['logout', ...dpopApp()])
  })

  it('keeps the secrets of a person to itself', async () => {
    const browser = { BROWSER: join(home, 'browser.mjs') }
    const spa = app('spa', ['--redirect-uri', redirectUri])
    expect((await run(['login', ...spa], { more: browser })).said.stderr).toContain('Connected')
    await run(['token', ...loud, '--force-refresh'], { isSecretOnStdout: true })
    using _ = okta.fault({ endpoint: tokenPath, status: 400, body: '{"error":"invalid_grant"}', times: 1 })
    await run(['token', ...loud, '--force-refresh'])
    await run(['logout', '--all', ...loud])
    await run(['login', ...spa, '--timeout', '1s'], { more: { BROWSER: 'true' } })
  })

  it('keeps the secret of a web app, an API token and a device code to itself', async () => {
    await writeFile(join(home, 'secret.txt'), okta.client('web').clientSecret ?? '')
    await writeFile(join(home, 'api-token.txt'), okta.apiTokens[0]?.value ?? '')
    const browser = { BROWSER: join(home, 'browser.mjs'), CONNECT_OKTA_GRANT: 'authorization_code' }
    const web = [...app('web', ['--redirect-uri', redirectUri]), '--client-secret-file', join(home, 'secret.txt')]
    expect((await run(['login', ...web], { more: browser })).said.stderr).toContain('Connected')
    const org = ['--tenant', okta.orgUrl.origin, '--api-token-file', join(home, 'api-token.txt'), '--verbose']
    await run(['api', 'GET', '/api/v1/users', ...org])
    await run(['login', '--device', '--timeout', '7s', ...app('native')])
  })

  it('leaves no secret in a file but those that are for tokens', async () => {
    await run(['login', ...dpopApp()])
    const names = await readdir(home, { recursive: true, withFileTypes: true })
    const mine = /key\.json$|secret\.txt$|api-token\.txt$|browser\.mjs$/
    const files = names.filter(one => one.isFile() && !mine.test(one.name)).map(one => join(one.parentPath, one.name))
    const holders = []
    for (const file of files) if (leaksIn(await readFile(file, 'utf8')).length > 0) holders.push(file)
    expect(holders.every(file => file.startsWith(join(home, 'state', 'tokens')))).toBe(true)
    // What was searched for can be found: the store of plain files holds tokens.
    expect(holders.length).toBeGreaterThan(0)
  })
})

describe('the broker', () => {
  it('keeps all secrets to itself but the token that a caller asks for', async () => {
    const callerSecret = randomBytes(32).toString('base64url')
    secrets.set(callerSecret, 'caller secret')
    const port = await freePort()
    const origin = `http://localhost:${port}`
    const connection = (clientId: string, file: string) =>
      `{ tenant: ${okta.orgUrl.origin}, clientId: ${clientId}, scopes: [okta.users.read], key: { file: ${join(home, file)} } }`
    await writeFile(
      join(home, 'broker.yaml'),
      `listen: localhost:${port}
store: memory
log: { level: debug, requests: true }
connections:
  bound: ${connection(okta.client('service', { dpop: true }).clientId, 'key.json')}
  free: ${connection(okta.client('service').clientId, 'bearer-key.json')}
callers:
  ci:
    secretSha256: ${createHash('sha256').update(callerSecret).digest('hex')}
    connections: [bound, free]
`,
    )
    const broker = startWatched([built('server/dist/main.js'), '--config', join(home, 'broker.yaml')], env())
    await broker.saying(/listening/)
    expect(broker.said.stderr + broker.said.stdout).toMatch(/listening/)
    const authorization = `Basic ${Buffer.from(`ci:${callerSecret}`).toString('base64')}`
    secrets.set(authorization.slice('Basic '.length), 'caller secret')
    const answers: string[] = []
    const ask = async (path: string, init: RequestInit = {}) => {
      const response = await fetch(`${origin}${path}`, { redirect: 'manual', ...init })
      const text = `${[...response.headers].join('\n')}\n${await response.text()}`
      answers.push(text)
      return { status: response.status, text }
    }
    const token = (connectionName: string, headers: Record<string, string> = { authorization }) =>
      ask('/oauth2/token', {
        method: 'POST',
        headers,
        body: new URLSearchParams({ grant_type: 'client_credentials', connection: connectionName }),
      })

    const given = await token('free')
    expect(given.status).toBe(200)
    expect(leaksIn(given.text)).toContain('access_token')
    answers.length = 0
    expect((await token('bound')).status).toBe(400)
    expect((await token('free', { authorization: `Basic ${Buffer.from('ci:wrong').toString('base64')}` })).status).toBe(
      401,
    )
    expect((await ask('/proxy/bound/api/v1/users', { headers: { authorization } })).status).toBe(200)
    using _ = okta.fault({ endpoint: tokenPath, status: 500, retryAfterSeconds: 0 })
    await ask('/oauth2/token', {
      method: 'POST',
      headers: { authorization },
      body: new URLSearchParams({ grant_type: 'client_credentials', connection: 'free', scope: 'okta.groups.read' }),
    })
    await ask(`/oauth2/token?client_secret=${callerSecret}`, { method: 'POST' })
    for (const path of ['/', '/metrics', '/readyz', '/healthz', '/openapi.json', '/nowhere']) await ask(path)
    broker.kill('SIGTERM')
    expect(await broker.ended).toBe(0)

    expect(leaksIn(answers.join('\n'))).toEqual([])
    expect(leaksIn(broker.said.stdout)).toEqual([])
    expect(leaksIn(broker.said.stderr)).toEqual([])
    expect(leaksIn(broker.seen())).toEqual([])
  })
})

it('has seen every kind of secret pass', () => {
  expect([...new Set([...secrets.values(), ...wiretap.secrets.values()])].sort()).toEqual(
    expect.arrayContaining([
      ...[
        'API token',
        'Authorization',
        'access_token',
        'caller secret',
        'client key',
        'client secret',
        'client_assertion',
      ],
      ...['code', 'code_verifier', 'device_code', 'id_token', 'password', 'proof', 'refresh_token'],
    ]),
  )
})
