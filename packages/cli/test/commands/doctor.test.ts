import { generateKeyPairSync } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { type OktaEmulator, startOktaEmulator } from '@connect-okta/emulator'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { findProblems } from '../support/doctor-findings.test.support.js'
import { freeRedirectUri } from '../support/free-redirect-uri.test.support.js'
import { emptyHome, jsonFile, run as runCommand } from '../support/run.test.support.js'

// It always has a browser.
const isWindows = process.platform === 'win32'

let okta: OktaEmulator
let home: string
let service: string[]
let spa: string[]
let redirectUri: string

beforeAll(async () => {
  redirectUri = await freeRedirectUri()
  okta = await startOktaEmulator({
    authorizationServers: [{ id: 'default', scopes: ['orders.read'] }],
    clients: [{ kind: 'service' }, { kind: 'spa', redirectUris: [redirectUri] }],
  })
})
afterAll(() => okta.close())
beforeEach(async () => {
  okta.reset()
  home = await emptyHome()
  const { clientId, jwk } = okta.client('service')
  const org = ['--tenant', okta.orgUrl.origin, '--scopes', 'okta.users.read']
  service = [...org, '--client-id', clientId, '--jwk-file', await jsonFile(home, 'key.json', jwk)]
  spa = [...org, '--client-id', okta.client('spa').clientId, '--redirect-uri', redirectUri]
})

// The default port may be in use on this machine.
const ownPort = () => ['--redirect-uri', redirectUri]

const run = (args: readonly string[], env: Record<string, string> = {}) =>
  runCommand(args, { HOME: home, BROWSER: '/bin/true', ...env })
const problemsOf = (args: readonly string[], env: Record<string, string> = {}) =>
  findProblems(args, { HOME: home, ...env })

describe('doctor', () => {
  it('checks only this machine when no org is named', async () => {
    const { code, stderr } = await run(['doctor', '--redirect-uri', redirectUri])
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr:
        'All checks on this machine passed. To also check an org and an app, add --tenant and --client-id, or --profile.\n',
    })
  })

  it('prints a line for each check, and exits with 0 when all pass', async () => {
    const { code, stdout, stderr } = await run(['doctor', ...service])
    expect(code).toBe(0)
    expect(stdout).toMatch(/^ok {7}tenant {16}The org is http/)
    expect(stdout).toMatch(/^ok {7}app .*gets Bearer tokens for okta.users.read/m)
    expect(stdout).toMatch(/^skipped {2}callback port/m)
    // The keyring of this machine may be missing.
    const warnings = stdout.match(/^warning /gm)?.length ?? 0
    expect(stderr).toMatch(warnings === 0 ? /^All checks passed\.\n$/ : `No failures, ${warnings} warning`)
  })

  it('prints the fix below each failure', async () => {
    const { stdout } = await run(['doctor', ...spa.with(-1, 'http://localhost:1/other')])
    expect(stdout).toMatch(/^failure {2}app .*\n {9}fix: .*register exactly http:\/\/localhost:1\/other/m)
  })

  it('checks the org of the latest sign-in when no flags are given', async () => {
    await run(['login', ...service])
    const { stdout, stderr } = await run(['doctor'])
    expect(stdout).toContain(`The org is ${okta.orgUrl.origin}`)
    expect(stderr).toContain('your latest sign-in')
  })

  it.each(['CLIENT_SECRET', 'API_TOKEN', 'PRIVATE_KEY'])(
    'sends no credential to the org of the latest sign-in when CONNECT_OKTA_%s is set without a tenant',
    async name => {
      await run(['login', ...service])
      okta.clearRequests()
      const credential =
        name === 'PRIVATE_KEY' ? JSON.stringify(okta.client('service').jwk) : 'not-a-real-secret-0123456789'
      const client = { CONNECT_OKTA_CLIENT_ID: '0oa1', CONNECT_OKTA_AUTHORIZATION_SERVER: 'default' }
      const { stdout } = await run(['doctor', '--json'], { ...client, [`CONNECT_OKTA_${name}`]: credential })
      expect(JSON.parse(stdout)).toContainEqual(expect.objectContaining({ check: 'app', outcome: 'skipped' }))
      expect(okta.requests.filter(({ path }) => !path.includes('/.well-known/'))).toEqual([])
    },
  )

  it('finds a missing key file, and runs the other checks', async () => {
    const { code, findings, names } = await problemsOf([...service.with(-1, join(home, 'none.json')), ...ownPort()])
    expect({ code, names }).toEqual({ code: 4, names: ['app'] })
    expect(findings[0]?.message).toContain('none.json')
  })
})

const another = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' })

describe('doctor, with a fault of the input or this machine,', () => {
  // PORT and SERVICE are replaced by flags.
  it.each<[string, string[], string, number]>([
    ['an invalid tenant', ['--tenant', 'exa mple', 'PORT'], 'tenant', 2],
    ['the Admin Console instead of the org', ['--tenant', 'example-admin.okta.com', 'PORT'], 'tenant', 2],
    ['another authorization server', ['SERVICE', '--authorization-server', 'ausNone'], 'authorization_server', 4],
  ])('finds only %s', async (_what, args, check, code) => {
    const flags: Record<string, string[]> = { PORT: ownPort(), SERVICE: service }
    const result = await problemsOf(args.flatMap(one => flags[one] ?? one))
    expect(result).toMatchObject({ code, names: [check] })
  })

  it('finds only a host name without an address', async () => {
    const result = await problemsOf(service.with(1, 'no-such-org.invalid'))
    expect(result).toMatchObject({ code: 5, names: ['dns'] })
  })

  it('finds only an unknown client ID', async () => {
    expect(await problemsOf(spa.with(5, '0oaNone'))).toMatchObject({ code: 4, names: ['app'] })
  })

  it('finds only the key of another app', async () => {
    await writeFile(join(home, 'key.json'), JSON.stringify({ ...another, kid: 'another' }))
    expect(await problemsOf(service)).toMatchObject({ code: 4, names: ['app'] })
  })

  it('finds only a callback port in use', async () => {
    const server = createServer()
    await new Promise<void>(resolve => server.listen(Number(new URL(redirectUri).port), '127.0.0.1', resolve))
    try {
      expect(await problemsOf(spa)).toMatchObject({ code: 6, names: ['callback_port'] })
    } finally {
      server.close()
    }
  })

  it.skipIf(isWindows)('warns when there is no browser, and exits with 0', async () => {
    expect(await problemsOf(spa, { BROWSER: '/nonexistent' })).toMatchObject({ code: 0, names: ['browser'] })
  })

  it('finds only a proxy that is not a URL', async () => {
    // The emulator is on this machine, for which no proxy is used.
    const org = ['--tenant', 'example.okta.com', ...ownPort()]
    expect(await problemsOf(org, { HTTPS_PROXY: 'http://a b' })).toMatchObject({ code: 2, names: ['proxy'] })
  })

  it('finds only a store that cannot be written', async () => {
    expect(await problemsOf(service, { CONNECT_OKTA_STATE_DIR: '/dev/null/x' })).toMatchObject({
      code: 6,
      names: ['store'],
    })
  })
})
