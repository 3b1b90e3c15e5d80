import { chmod, mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { type OktaEmulator, startOktaEmulator } from '@connect-okta/emulator'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { emptyHome, jsonFile, run as runCommand } from '../support/run.test.support.js'

// Files have no modes there.
const isWindows = process.platform === 'win32'

let okta: OktaEmulator
let home: string
let keyFile: string
let connection: string[]

beforeAll(async () => {
  okta = await startOktaEmulator()
})
afterAll(() => okta.close())
beforeEach(async () => {
  okta.clearRequests()
  home = await emptyHome()
  const { clientId, jwk } = okta.client('service')
  keyFile = await jsonFile(home, 'key.json', jwk)
  connection = ['--tenant', okta.orgUrl.origin, '--client-id', clientId, '--scopes', 'okta.users.read']
})

const run = (args: readonly string[], env: Record<string, string> = {}, input = '') =>
  runCommand(args, { HOME: home, ...env }, { input })
const saveCi = () => run(['login', '--profile', 'ci', ...connection, '--jwk-file', keyFile])
const profilesFile = () => readFile(join(home, '.config/connect-okta/profiles.yaml'), 'utf8')

describe('login --profile', () => {
  it('reports that the profile does not exist when options are missing', async () => {
    expect(await run(['login', '--profile', 'nope'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('There is no profile named "nope". To create it, add --tenant and --client-id.'),
    })
  })

  it('saves the connection with a reference to its key, which later commands use', async () => {
    expect(await saveCi()).toMatchObject({ code: 0, stderr: expect.stringContaining('Saved as the profile ci') })
    const yaml = await profilesFile()
    expect(yaml).toContain(keyFile)
    expect(yaml).not.toContain(JSON.parse(await readFile(keyFile, 'utf8')).d)

    okta.clearRequests()
    const { stdout: cached } = await run(['token', '--profile', 'ci'])
    expect(okta.requests).toEqual([])
    const { stdout: renewed } = await run(['token', '--profile', 'ci', '--force-refresh'])
    expect(renewed).toMatch(/^\S+\n$/)
    expect(renewed).not.toBe(cached)
  })

  it('becomes the default, whose sign-in status marks, also when another sign-in is later', async () => {
    await saveCi()
    const other = ['--tenant', okta.orgUrl.origin, '--client-id', okta.client('service').clientId]
    await run(['login', ...other, '--scopes', 'okta.groups.read', '--jwk-file', keyFile])
    expect((await run(['status'])).stdout).toMatch(/^\* .*okta\.users\.read/m)
    expect((await run(['status'])).stdout).toMatch(/^ {2}\S.*okta\.groups\.read/m)
    await run(['logout', '--profile', 'ci', '--jwk-file', keyFile])
    expect((await run(['status'])).stdout).toMatch(/^ {2}\S.*okta\.groups\.read/)
  })

  it('reports another default profile only when commands do not use the new sign-in', async () => {
    const other = ['--tenant', okta.orgUrl.origin, '--client-id', okta.client('service', { dpop: true }).clientId]
    const otherKey = await jsonFile(home, 'other.json', okta.client('service', { dpop: true }).jwk)
    const signIn = (...args: readonly string[]) =>
      run(['login', ...other, '--scopes', 'okta.users.read', '--jwk-file', otherKey, ...args])
    expect((await signIn()).stderr).not.toContain('by default')
    await saveCi()
    expect((await signIn()).stderr).toContain(
      'Commands use the profile ci by default. To use this sign-in, pass --tenant and --client-id, or save it: ' +
        'connect-okta login --profile NAME.\n',
    )
    const sameApp = [...connection.with(-1, 'okta.groups.read'), '--jwk-file', keyFile]
    expect((await run(['login', ...sameApp])).stderr).toContain('pass --tenant, --client-id, and --scopes, or save it')
    expect((await run(['login'])).stderr).not.toContain('by default')
    expect((await signIn('--profile', 'other')).stderr).not.toContain('by default')
    await run(['logout', '--profile', 'ci'])
    expect((await signIn()).stderr).toContain('Commands use the profile ci by default.')
  })

  it('connects again by its name when the store has no token', async () => {
    await saveCi()
    const env = { CONNECT_OKTA_STATE_DIR: join(home, 'elsewhere') }
    expect(await run(['token', '--profile', 'ci'], env)).toMatchObject({ code: 0 })
    expect(await run(['login', '--profile', 'ci', '--force'])).toMatchObject({ code: 0 })
  })

  it('saves no key from stdin, and warns', async () => {
    const args = ['login', '--profile', 'ci', ...connection, '--jwk-file', '-']
    const { code, stderr } = await run(args, {}, await readFile(keyFile, 'utf8'))
    expect(code).toBe(0)
    expect(stderr).toContain('does not contain: key.')
    expect(await profilesFile()).not.toContain('key')
  })

  it('saves the absolute path of the key', async () => {
    for (const path of ['~/key.json', relative(process.cwd(), keyFile)]) {
      expect(await run(['login', '--profile', 'ci', ...connection, `--jwk-file=${path}`])).toMatchObject({ code: 0 })
      expect(JSON.parse((await run(['profiles', 'show', 'ci'])).stdout).key).toEqual({ file: keyFile })
    }
  })

  it.skipIf(isWindows)('warns when other users can read the key file', async () => {
    await chmod(keyFile, 0o644)
    const { code, stderr } = await saveCi()
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining(`chmod 600 ${keyFile}`) })
    await chmod(keyFile, 0o600)
    expect((await saveCi()).stderr).not.toContain('chmod')
  })

  it('saves nothing when the login fails', async () => {
    await run(['login', '--profile', 'ci', ...connection.with(3, '0oaNone'), '--jwk-file', keyFile])
    await expect(profilesFile()).rejects.toThrow('ENOENT')
  })
})

describe('a setting', () => {
  it('comes from flags, else the environment, the default profile or ~/.okta/okta.yaml', async () => {
    await mkdir(join(home, '.okta'))
    const client = { orgUrl: okta.orgUrl.origin, scopes: ['okta.users.manage'] }
    await jsonFile(join(home, '.okta'), 'okta.yaml', { okta: { client } })
    const app = { CONNECT_OKTA_CLIENT_ID: okta.client('service').clientId, OKTA_CLIENT_PRIVATEKEY: keyFile }
    const scopesBy = async (args: readonly string[], env = {}) =>
      JSON.parse((await run(['token', '--json', ...args], { ...app, ...env })).stdout).scopes

    expect(await scopesBy([])).toEqual(['okta.users.manage'])
    await mkdir(join(home, '.config/connect-okta'), { recursive: true })
    const path = join(home, '.config/connect-okta/profiles.yaml')
    await writeFile(path, 'default: p\nprofiles:\n  p: { scopes: okta.groups.read }\n')
    expect(await scopesBy([])).toEqual(['okta.groups.read'])
    expect(await scopesBy([], { OKTA_CLIENT_SCOPES: 'okta.users.read' })).toEqual(['okta.users.read'])
    const both = { OKTA_CLIENT_SCOPES: 'okta.users.read', CONNECT_OKTA_SCOPES: 'okta.users.manage' }
    expect(await scopesBy([], both)).toEqual(['okta.users.manage'])
    expect(await scopesBy(['--scopes', 'okta.groups.read'], both)).toEqual(['okta.groups.read'])
  })

  it('is read from a file when it is a client secret for a custom authorization server', async () => {
    await using org = await startOktaEmulator({
      authorizationServers: [{ id: 'default', scopes: ['orders.read'] }],
      clients: [{ kind: 'service', clientSecret: 'not-a-real-secret' }],
    })
    await writeFile(join(home, 'secret.txt'), 'not-a-real-secret\n')
    const app = ['--tenant', org.orgUrl.origin, '--client-id', org.client('service').clientId]
    const server = ['--authorization-server', 'default', '--scopes', 'orders.read']
    const secret = ['--client-secret-file', join(home, 'secret.txt')]
    expect(await run(['login', ...app, ...server, ...secret])).toMatchObject({ code: 0 })
    expect(await run(['token', ...app, ...server])).toMatchObject({ code: 0, stderr: '' })
  })

  it('works without an app, and is not stored, when it is an API token', async () => {
    const value = okta.apiTokens[0]?.value ?? ''
    await writeFile(join(home, 'api-token'), value)
    const which = ['--tenant', okta.orgUrl.origin, '--api-token-file', join(home, 'api-token')]
    const login = await run(['login', ...which])
    expect(login).toMatchObject({ code: 0, stderr: expect.stringContaining('does not store it') })
    expect((await run(['token', '--format', 'header', ...which])).stdout).toBe(`Authorization: SSWS ${value}\n`)
    // The command says that it is not an access token. The profile holds nothing without an effect on it.
    expect(await run(['token', ...which])).toMatchObject({
      stdout: `${value}\n`,
      stderr: expect.stringContaining('static API token, not an access token'),
    })
    expect(await run(['login', '--profile', 'static', '--scopes', 'okta.users.read', ...which])).toMatchObject({
      code: 0,
    })
    const [{ profile }] = JSON.parse((await run(['profiles', '--json'])).stdout)
    expect(Object.keys(profile).sort()).toEqual(['apiToken', 'tenant'])
    expect(await readdir(join(home, '.local/state/connect-okta/tokens')).catch(() => [])).toEqual([])
  })

  it('is rejected with the known profiles when it names an unknown one', async () => {
    await saveCi()
    const result = await run(['token', '--profile', 'cl'])
    expect(result).toMatchObject({ code: 2, stderr: expect.stringContaining('The profiles are: ci') })
  })
})

describe('profiles', () => {
  it('reports how to end the sign-in of a profile that is removed, when another one is the default', async () => {
    await saveCi()
    const other = ['--tenant', okta.orgUrl.origin, '--client-id', okta.client('service').clientId]
    await run(['login', '--profile', 'groups', ...other, '--scopes', 'okta.groups.read', '--jwk-file', keyFile])
    const { stderr } = await run(['profiles', 'remove', 'groups'])
    const [, flags = ''] = /run:\n {2}connect-okta logout (.*)\n/.exec(stderr) ?? []
    expect(await run(['logout', ...flags.split(' ')])).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('(okta.groups.read)'),
    })
  })

  it('repeats the selection in the hint to sign in', async () => {
    await saveCi()
    await run(['logout'])
    const app = ['--tenant', okta.orgUrl.origin, '--client-id', okta.client('spa').clientId]
    const { stderr } = await run(['token', ...app])
    expect(stderr).toContain(`Run connect-okta login ${app.join(' ')}.`)
  })

  it('are listed, shown, selected and removed', async () => {
    expect(await run(['profiles'])).toMatchObject({
      code: 0,
      stdout: '',
      stderr: expect.stringContaining('There are no profiles'),
    })
    await saveCi()
    const groups = [...connection.slice(0, -1), 'okta.groups.read']
    await run(['login', '--profile', 'groups', ...groups, '--jwk-file', keyFile])
    const list = (await run(['profiles'])).stdout
    expect(list).toMatch(/^\* ci {6}\S+ {2}\S+ {2}okta.users.read\n {2}groups .*okta.groups.read\n$/)

    expect(await run(['profiles', 'use', 'groups'])).toMatchObject({ code: 0, stdout: '' })
    expect(JSON.parse((await run(['profiles', '--json'])).stdout)).toMatchObject([
      { name: 'ci', isDefault: false },
      { name: 'groups', isDefault: true, profile: { scopes: ['okta.groups.read'] } },
    ])
    expect(JSON.parse((await run(['token', '--json'])).stdout).scopes).toEqual(['okta.groups.read'])
    expect((await run(['status'])).stderr).toContain('Commands use the profile groups by default.')
    expect(JSON.parse((await run(['profiles', 'show', 'ci'])).stdout)).toMatchObject({ key: { file: keyFile } })

    expect(await run(['profiles', 'remove', 'groups'])).toMatchObject({ code: 0 })
    expect((await run(['profiles'])).stdout).not.toContain('groups')
    expect(await run(['profiles', 'remove', 'groups'])).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/There is no profile with this name\.\n.*ci/),
    })
    expect(await run(['profiles', 'use'])).toMatchObject({ code: 2, stderr: expect.stringContaining('use NAME') })
  })
})
