import { generateKeyPairSync } from 'node:crypto'
import { readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type OktaEmulator, startOktaEmulator } from '@connect-okta/emulator'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { emptyHome, run as runCommand } from '../test/support/run.test.support.js'

// It has a keyring, and no modes of files.
const isWindows = process.platform === 'win32'

let okta: OktaEmulator
let home: string
let jwkFile: string
let connection: string[]

beforeAll(async () => {
  okta = await startOktaEmulator()
})
afterAll(() => okta.close())
beforeEach(async () => {
  okta.clearRequests()
  home = await emptyHome()
  jwkFile = join(home, 'key.json')
  const { clientId, jwk } = okta.client('service')
  await writeFile(jwkFile, JSON.stringify(jwk))
  connection = ['--tenant', okta.orgUrl.origin, '--client-id', clientId, '--scopes', 'okta.users.read']
})

const run = (args: readonly string[], { input = '', env = {} } = {}) =>
  runCommand(args, { HOME: home, ...env }, { input })
const org = () => ({ orgUrl: okta.orgUrl.origin, clientId: okta.client('service').clientId })
const login = () => run(['login', ...connection, '--jwk-file', jwkFile])

describe('token after login', () => {
  it('prints only the token on stdout, and the token works', async () => {
    const { code, stdout, stderr } = await login()
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' })
    expect(stderr).toContain(`Connected to ${okta.orgUrl.host}`)

    okta.clearRequests()
    const token = await run(['token', '--tenant', okta.orgUrl.origin, '--client-id', okta.client('service').clientId])
    expect(token).toMatchObject({ code: 0, stderr: '' })
    expect(token.stdout).toMatch(/^\S+\n$/)
    expect(okta.requests).toEqual([])
    const response = await fetch(new URL('/api/v1/users', okta.orgUrl), {
      headers: { authorization: `Bearer ${token.stdout.trim()}` },
    })
    expect(response.status).toBe(200)
  })

  it.skipIf(isWindows)('warns at the first login only when tokens are stored unencrypted', async () => {
    expect((await login()).stderr).toContain('unencrypted')
    expect((await login()).stderr).not.toContain('unencrypted')
  })

  it.skipIf(isWindows)('stores the token with mode 0600, and never the key', async () => {
    await login()
    const tokens = join(home, '.local/state/connect-okta/tokens')
    const { d } = JSON.parse(await readFile(jwkFile, 'utf8'))
    for (const name of await readdir(tokens)) {
      expect((await stat(join(tokens, name))).mode & 0o077).toBe(0)
      expect(await readFile(join(tokens, name), 'utf8')).not.toContain(d)
    }
  })

  it('prints the formats that --format names', async () => {
    await login()
    const { stdout: raw } = await run(['token'])
    expect((await run(['token', '--format', 'header'])).stdout).toBe(`Authorization: Bearer ${raw}`)
    const json = await run(['token', '--json'])
    expect(JSON.parse(json.stdout)).toMatchObject({ accessToken: raw.trim(), tokenType: 'Bearer' })
  })

  it('connects when a key is given, and gets another token with --force-refresh', async () => {
    const token = () => run(['token', ...connection, '--jwk-file', jwkFile])
    const first = await token()
    expect(first).toMatchObject({ code: 0 })
    expect((await token()).stdout).toBe(first.stdout)
    const renewed = await run(['token', ...connection, '--jwk-file', jwkFile, '--force-refresh'])
    expect(renewed.code).toBe(0)
    expect(renewed.stdout).not.toBe(first.stdout)
    expect(await run(['token', '--force-refresh'])).toMatchObject({ code: 2, stdout: '' })
  })
})

describe('status and logout', () => {
  it('list and end the sign-in', async () => {
    expect(await run(['status'])).toMatchObject({
      code: 0,
      stdout: '',
      stderr: expect.stringContaining('Not signed in'),
    })
    await login()
    const status = await run(['status'])
    expect(status.stdout).toMatch(new RegExp(`^\\* ${okta.orgUrl.host} .*okta.users.read .*expires in 59 min\n$`))

    const { stdout: token } = await run(['token'])
    const logout = await run(['logout', '--jwk-file', jwkFile])
    expect(logout).toMatchObject({ code: 0, stdout: '', stderr: expect.stringContaining('Disconnected') })
    expect(await run(['token'])).toMatchObject({ code: 3, stdout: '' })
    const response = await fetch(new URL('/api/v1/users', okta.orgUrl), {
      headers: { authorization: `Bearer ${token}` },
    })
    expect(response.status).toBe(401)
  })

  it('keeps the sign-in when logout has no key, and deletes it with --no-revoke', async () => {
    await login()
    okta.clearRequests()
    const { code, stdout, stderr } = await run(['logout', '--json'])
    expect({ code, stdout, error: JSON.parse(stderr).error }).toEqual({
      code: 2,
      stdout: '',
      error: expect.objectContaining({ code: 'key_required', hint: expect.stringContaining('--no-revoke') }),
    })
    expect(await run(['token'])).toMatchObject({ code: 0 })
    const forgotten = await run(['logout', '--no-revoke', '--json'])
    expect(JSON.parse(forgotten.stdout)).toEqual([{ ...org(), scopes: ['okta.users.read'], revoked: false }])
    expect(await run(['token'])).toMatchObject({ code: 3 })
    expect(okta.requests).toEqual([])
  })

  it('fails when logout has ended the current sign-in, and uses no other one', async () => {
    await run(['login', ...connection.with(-1, 'okta.groups.read'), '--jwk-file', jwkFile])
    await login()
    await run(['logout', '--jwk-file', jwkFile])
    expect(await run(['token'])).toMatchObject({ code: 3, stdout: '' })
    expect(await run(['token', '--scopes', 'okta.groups.read'])).toMatchObject({ code: 0 })
  })

  it('reports a stored sign-in, which --force replaces', async () => {
    const first = await login()
    expect(first.stderr).not.toContain('Already')
    expect((await login()).stderr).toContain('Already connected')
    okta.clearRequests()
    const forced = await run(['login', ...connection, '--jwk-file', jwkFile, '--force'])
    expect(forced.stderr).not.toContain('Already')
    expect(okta.requests).toHaveLength(1)
  })

  it('requests a missing scope again at each login, and warns until Okta grants it', async () => {
    const args = ['login', ...connection, '--scopes', 'okta.apps.manage', '--jwk-file', jwkFile]
    for (const _again of [1, 2]) {
      okta.clearRequests()
      expect((await run(args)).stderr).toContain('Okta did not grant okta.apps.manage')
      expect(okta.requests).toHaveLength(1)
    }
    expect((await run(['status'])).stdout).toContain('(without okta.apps.manage)')
  })

  it('ends every sign-in with logout --all, and exits with 0 when there is none', async () => {
    await login()
    await run(['login', ...connection.with(-1, 'okta.groups.read'), '--jwk-file', jwkFile])
    const logout = await run(['logout', '--all', '--jwk-file', jwkFile, '--json'])
    expect(JSON.parse(logout.stdout)).toHaveLength(2)
    expect(await run(['logout', '--all', '--json'])).toMatchObject({ code: 0, stdout: '[]\n' })
  })
})

describe('an invalid command line', () => {
  // CONNECTION is replaced by the flags of a connection.
  it.each<[string, string[], number, string]>([
    ['has an unknown command', ['tokn'], 2, 'Unknown command: tokn. Did you mean token'],
    ['has the command of another program', ['whoami'], 2, 'Unknown command: whoami. Did you mean status?'],
    ['has an unknown command after a flag', ['--json', 'tokn'], 2, 'Unknown command: tokn'],
    ['has only a flag with a value', ['--store', 'file'], 2, 'Missing command'],
    ['names a profile like a command', ['api', '--profile', 'login'], 2, 'connect-okta api [METHOD] PATH'],
    [
      'has an unknown command that is similar to none',
      ['upgrade'],
      2,
      'Unknown command: upgrade.\n  See connect-okta --help.',
    ],
    ['lacks an argument', ['completion'], 2, 'Missing argument: connect-okta completion SHELL'],
    [
      'lacks an argument after a flag with a value',
      ['--store', 'x', 'api'],
      2,
      'Missing argument: connect-okta api [METHOD] PATH',
    ],
    ['has an unknown flag', ['token', '--tenat-name', 'x'], 2, 'Unknown option: --tenat-name.\n'],
    ['has a flag without its value', ['token', '--tenant'], 2, 'tenant'],
    ['is login without a client ID', ['login', '--tenant', 'example.okta.com'], 2, 'client-id'],
    ['has a malformed tenant', ['token', '--tenant', 'exa mple'], 2, 'not a host name'],
    ['has an invalid duration', ['token', '--min-validity', 'soon'], 2, 'Invalid duration'],
    ['names a key file that does not exist', ['login', 'CONNECTION', '--jwk-file', 'none.json'], 2, 'none.json'],
    ['has an unknown store', ['token', '--store', 'cloud'], 2, 'cloud'],
    ['is token before a sign-in', ['token'], 3, 'login_required'],
  ])('is rejected when it %s', async (_what, args, code, reason) => {
    const result = await run(args.flatMap(one => (one === 'CONNECTION' ? connection : one)))
    expect(result).toMatchObject({ code, stdout: '' })
    expect(result.stderr).toContain(reason)
    expect(result.stderr).not.toContain('a bug')
  })

  it.each([['api', '/api/v1/users/me'], ['token']])(
    'reports that you are not signed in when the command is %s and no sign-in is saved',
    async (...args) => {
      const { stderr } = await run(args)
      expect(stderr).toBe('error: You are not signed in.\n  Run connect-okta login.\n  (login_required)\n')
    },
  )

  it('does not advise to sign in when the command is logout', async () => {
    const home = await emptyHome()
    const inHome = (...args: readonly string[]) => run(args, { env: { HOME: home } })
    expect(await inHome('logout')).toMatchObject({
      code: 3,
      stderr: 'error: You are not signed in.\n  There is no sign-in to end.\n  (login_required)\n',
    })
    await inHome('login', ...connection, '--jwk-file', jwkFile)
    const { stderr } = await inHome('logout', '--tenant', 'example.com')
    expect(stderr).toMatch(/the org example\.com\.\n {2}To list your sign-ins, run connect-okta status\.\n/)
  })

  it('names the options of the key when the command runs in a CI job', async () => {
    const { code, stderr } = await run(['token', ...connection], { env: { HOME: await emptyHome(), CI: 'true' } })
    expect({ code, stderr }).toEqual({
      code: 3,
      stderr: expect.stringContaining('--jwk-file FILE or CONNECT_OKTA_PRIVATE_KEY.'),
    })
    expect(stderr).not.toContain('connect-okta login')
  })

  it('names the sign-ins to list when another one is saved', async () => {
    const home = await emptyHome()
    const inHome = (args: readonly string[]) => run(args, { env: { HOME: home } })
    expect(await inHome(['login', ...connection, '--jwk-file', jwkFile])).toMatchObject({ code: 0 })
    const { stderr } = await inHome(['api', '/api/v1/users/me', '--tenant', 'example.com'])
    expect(stderr).toMatch(/No saved sign-in matches: the org example\.com\.\n.*connect-okta status\./)
  })

  it('is reported as JSON with --json', async () => {
    const { stderr, stdout } = await run(['token', '--json'])
    expect(stdout).toBe('')
    expect(JSON.parse(stderr)).toMatchObject({ error: { code: 'login_required', hint: expect.any(String) } })
  })

  it('exits with 4 and the message of Okta when Okta rejects it', async () => {
    const other = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' })
    const result = await run(['login', ...connection, '--jwk-file', '-'], { input: JSON.stringify(other) })
    expect(result).toMatchObject({ code: 4, stdout: '', stderr: expect.stringContaining('invalid_client') })
    expect(result.stderr).not.toContain(other.d)
  })

  it('exits with 5 when the org cannot be reached', async () => {
    const result = await run(['login', ...connection.with(1, 'http://127.0.0.1:1'), '--jwk-file', jwkFile])
    expect(result).toMatchObject({ code: 5, stderr: expect.stringContaining('network_failed') })
  })

  it('exits with 6 when the store cannot be written, before any request', async () => {
    const env = { CONNECT_OKTA_STATE_DIR: join(jwkFile, 'state') }
    const result = await run(['login', ...connection, '--jwk-file', jwkFile], { env })
    expect(result).toMatchObject({ code: 6, stderr: expect.stringContaining('store_failed') })
    expect(okta.requests).toEqual([])
  })
})
