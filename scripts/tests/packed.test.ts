import { execFile, spawn } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { cp, mkdir, mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { beforeAll, describe, expect, inject, it } from 'vitest'
import { freePort, startOktaEmulator } from '../../packages/emulator/dist/index.js'
import { packAll, publishedPackages } from '../packages.mjs'

interface Published {
  readonly folder: string
  readonly manifest: Readonly<Record<string, unknown>> & { readonly name: string }
}

const run = promisify(execFile)
const published: readonly Published[] = publishedPackages()
const { node22, node24, pwsh } = inject('systemNeeds')
const nodes = { 'this Node': process.execPath, 'Node 22': node22, 'Node 24': node24 }
const quiet = ['--no-audit', '--no-fund', '--loglevel=error']

// A program that uses only the published packages.
const program = `
import { readFile } from 'node:fs/promises'
import { connect } from '@connect-okta/core'

const { tenant, clientId, jwk } = JSON.parse(await readFile('app.json', 'utf8'))
const session = await connect({ tenant, clientId, jsonWebKey: jwk, scopes: ['okta.users.read'] })
const response = await session.fetch('/api/v1/users')
const users = await response.json()
console.log(process.versions.node, response.status, users.length)
await session.disconnect()
`

// The same with the module. $args has the tenant and the client.
const script = `
$ErrorActionPreference = 'Stop'
Import-Module ./modules/ConnectOkta
$null = Connect-Okta -Tenant $args[0] -ClientId $args[1] -JsonWebKeyPath key.json -Scopes okta.users.read
@(Invoke-OktaApi GET '/api/v1/users?limit=3').Count
(Get-Module ConnectOkta).Version.ToString()
Disconnect-Okta
`

async function isReady(port: number): Promise<boolean> {
  return await fetch(`http://localhost:${port}/readyz`).then(
    ({ ok }) => ok,
    () => false,
  )
}

let tarballs: ReadonlyMap<string, string>
let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'packed-'))
  tarballs = packAll(folder)
  await writeFile(join(folder, 'package.json'), '{"private":true,"type":"module"}')
  await run('npm', ['install', ...quiet, '--prefer-offline', ...tarballs.values()], { cwd: folder })
  await writeFile(join(folder, 'program.mjs'), program)
  await writeFile(join(folder, 'script.ps1'), script)
})

describe.for(Object.entries(nodes))('the packages from their tarballs, in an empty folder, on %s', ([name, node]) => {
  it.skipIf(node === undefined)(
    'get a token, call the API, and revoke the token, as a library and as a CLI',
    async () => {
      const home = await mkdtemp(join(folder, 'home-'))
      const bin = join(folder, 'node_modules/.bin')
      const env = { PATH: [dirname(node ?? ''), process.env.PATH].join(delimiter), HOME: home }
      const org = spawn(join(bin, 'okta-emulator'), ['--json'], { cwd: folder, env })
      try {
        const [line] = await once(org.stdout, 'data')
        const { orgUrl: tenant, clients } = JSON.parse(String(line).split('\n')[0] ?? '')
        const { clientId, jwk } = clients.find(
          (client: { jwk?: unknown; dpop?: boolean }) => client.jwk && !client.dpop,
        )
        await writeFile(join(folder, 'app.json'), JSON.stringify({ tenant, clientId, jwk }))
        const { stdout } = await run(node ?? '', ['program.mjs'], { cwd: folder, env })
        const version = /\d+$/.exec(name)?.[0] ?? process.versions.node
        expect(stdout).toMatch(new RegExp(`^${version}\\S* 200 \\d+\n$`))

        await writeFile(join(home, 'key.json'), JSON.stringify(jwk), { mode: 0o600 })
        const connectOkta = (...args: readonly string[]) =>
          run(join(bin, 'connect-okta'), [...args, '--store', 'file'], { cwd: home, env })
        await connectOkta('login', '--tenant', tenant, '--client-id', clientId, '--jwk-file', 'key.json')
        const { stdout: token } = await connectOkta('token')
        const headers = { authorization: `Bearer ${token.trim()}` }
        expect((await fetch(new URL('/api/v1/users', tenant), { headers })).status).toBe(200)
        await connectOkta('logout', '--jwk-file', 'key.json')
        expect((await fetch(new URL('/api/v1/users', tenant), { headers })).status).toBe(401)
      } finally {
        org.kill()
      }
    },
  )

  it.skipIf(node === undefined)('run the broker', async () => {
    await using okta = await startOktaEmulator()
    const home = await mkdtemp(join(folder, 'home-'))
    const port = await freePort()
    const secret = randomBytes(32).toString('base64url')
    const { clientId, jwk } = okta.client('service')
    await writeFile(join(home, 'key.json'), JSON.stringify(jwk), { mode: 0o600 })
    const secretSha256 = createHash('sha256').update(secret).digest('hex')
    const config = {
      listen: `localhost:${port}`,
      store: 'memory',
      connections: {
        users: { tenant: okta.orgUrl.origin, clientId, key: { file: 'key.json' }, scopes: ['okta.users.read'] },
      },
      clients: { app: { secretSha256, connections: ['users'] } },
    }
    await writeFile(join(home, 'broker.yaml'), JSON.stringify(config), { mode: 0o600 })
    const main = join(folder, 'node_modules/@connect-okta/server/dist/main.js')
    const broker = spawn(node ?? '', [main, '--config', 'broker.yaml'], {
      cwd: home,
      env: { HOME: home },
      stdio: 'inherit',
    })
    try {
      await expect.poll(() => isReady(port)).toBe(true)
      const form = new URLSearchParams({ grant_type: 'client_credentials', client_id: 'app', client_secret: secret })
      const response = await fetch(`http://localhost:${port}/oauth2/token`, { method: 'POST', body: form })
      expect(await response.json()).toMatchObject({ token_type: 'Bearer', scope: 'okta.users.read' })
    } finally {
      broker.kill('SIGKILL')
    }
  })

  it.skipIf(node === undefined || pwsh === undefined)('contain the PowerShell module', async () => {
    await using okta = await startOktaEmulator()
    const home = await mkdtemp(join(folder, 'home-'))
    const { clientId, jwk } = okta.client('service')
    await writeFile(join(home, 'key.json'), JSON.stringify(jwk), { mode: 0o600 })
    const module = join(folder, 'node_modules/@connect-okta/powershell-shim/dist/ConnectOkta')
    await cp(module, join(home, 'modules/ConnectOkta'), { recursive: true })
    const path = [dirname(node ?? ''), process.env.PATH].join(delimiter)
    const env = { PATH: path, HOME: home, CONNECT_OKTA_STORE: 'file', POWERSHELL_TELEMETRY_OPTOUT: '1' }
    const args = ['-NoProfile', '-NonInteractive', '-File', join(folder, 'script.ps1'), okta.orgUrl.origin, clientId]
    const { stdout } = await run(pwsh ?? '', args, { cwd: home, env })
    expect(stdout.split('\n')).toEqual(expect.arrayContaining(['3', published[0]?.manifest.version]))
    expect(okta.requests.map(({ path }) => path)).toContain('/oauth2/v1/revoke')
  })
})

it('the packed CLI works with npx in a folder without other packages and without optional dependencies, also as the broker', async () => {
  const project = join(folder, 'cli-only')
  await mkdir(project)
  await writeFile(join(project, 'package.json'), '{}')
  await run('npm', ['install', ...quiet, '--offline', '--omit=optional', tarballs.get('@connect-okta/cli') ?? ''], {
    cwd: project,
  })

  await using okta = await startOktaEmulator()
  const { clientId, jwk } = okta.client('service')
  await writeFile(join(project, 'key.json'), JSON.stringify(jwk), { mode: 0o600 })
  const env = { PATH: process.env.PATH, HOME: await mkdtemp(join(folder, 'home-')) }
  await run('npx', ['--no-install', 'connect-okta', '--version'], { cwd: project, env })
  const connectOkta = async (...args: string[]) =>
    (await run(join(project, 'node_modules/.bin/connect-okta'), args, { cwd: project, env })).stdout
  const app = ['--tenant', okta.orgUrl.origin, '--client-id', clientId, '--scopes', 'okta.users.read']
  await connectOkta('login', '--profile', 'ci', ...app, '--jwk-file', 'key.json')
  expect(JSON.parse(await connectOkta('api', 'GET', '/api/v1/users', '-F', 'limit=3'))).toHaveLength(3)
  expect(await connectOkta('token', '--profile', 'ci')).toMatch(/^\S+\n$/)
  const findings = JSON.parse(await connectOkta('doctor', '--json', '--profile', 'ci')) as {
    check: string
    outcome: string
  }[]
  expect(findings).toContainEqual(expect.objectContaining({ check: 'app', outcome: 'ok' }))

  const port = await freePort()
  const serve = ['serve', '--listen', `localhost:${port}`, '--store', 'memory']
  const broker = spawn(join(project, 'node_modules/.bin/connect-okta'), serve, { cwd: project, env, stdio: 'ignore' })
  try {
    await expect.poll(() => isReady(port)).toBe(true)
  } finally {
    broker.kill('SIGKILL')
  }
})

describe('a package with a bundled program', () => {
  const shim = 'dist/ConnectOkta/shim'
  const bundled = [
    { name: '@connect-okta/cli', notices: 'dist', more: [] },
    { name: '@connect-okta/powershell-shim', notices: shim, more: ['redis', '@redis/client', '@napi-rs/keyring'] },
  ]
  // Packages that only tests use, and packages that are installed beside a bundle.
  const notBundled = /^(@types\/|@connect-okta\/|@napi-rs\/|fast-check$|playwright-core$|redis$)/
  const readManifest = async (path: string) => JSON.parse(await readFile(join(path, 'package.json'), 'utf8'))

  it.each(bundled)(
    '$name contains the license text of every package in its bundle',
    async ({ name, notices, more }) => {
      const text = await readFile(join(folder, 'node_modules', name, notices, 'THIRD-PARTY-NOTICES.txt'), 'utf8')
      const own = published.find(({ manifest }) => manifest.name === name)?.folder ?? ''
      const core = join(dirname(own), 'core')
      const ownNames = Object.keys({
        ...(await readManifest(own)).dependencies,
        ...(await readManifest(own)).devDependencies,
      })
      const coreNames = Object.keys((await readManifest(core)).dependencies)
      const needs = [...ownNames.map(need => [own, need] as const), ...coreNames.map(need => [core, need] as const)]
        .filter(([, need]) => !notBundled.test(need))
        .map(([from, need]) => join(from, 'node_modules', need))
      expect(needs.length).toBeGreaterThan(4)
      for (const need of needs) {
        const manifest = await readManifest(need)
        const [license = ''] = (await readdir(need)).filter(file => /^licen[cs]e/i.test(file))
        expect(text).toContain(`\n${manifest.name} ${manifest.version} (${manifest.license})\n`)
        expect(text).toContain((await readFile(join(need, license), 'utf8')).trim())
      }
      for (const other of more)
        expect(text).toMatch(new RegExp(`^${other} \\d+\\.\\S+ \\(MIT\\)$[\\s\\S]*?^Permission is`, 'm'))
    },
  )
})

describe('every published package', () => {
  it.each(published)('$manifest.name has the metadata that the registry shows', ({ manifest }) => {
    expect(manifest).toMatchObject({
      description: expect.stringMatching(/\S.{10}/),
      license: 'MIT',
      type: 'module',
      engines: { node: '>=20.19' },
      files: expect.arrayContaining([expect.any(String)]),
      keywords: expect.arrayContaining(['okta']),
    })
  })

  const commands = published.flatMap(({ manifest }) => Object.keys((manifest.bin as object | undefined) ?? {}))
  it.each(commands)('has a command with a help text: %s', async command => {
    const { stdout, stderr } = await run(join(folder, 'node_modules/.bin', command), ['--help'])
    expect(stdout + stderr).toContain(command)
  })

  it.each(published)('$manifest.name contains a README and a license, and no tests', async ({ manifest: { name } }) => {
    const installed = join(folder, 'node_modules', name)
    const files = await readdir(installed, { recursive: true })
    expect(files).toEqual(expect.arrayContaining(['README.md', 'LICENSE', 'package.json']))
    const tests = files.filter(file => /\.test\.|(^|\/)tests?\/|torture/.test(file) && !file.startsWith('node_modules'))
    expect(tests).toEqual([])
    const { dependencies = {} } = JSON.parse(await readFile(join(installed, 'package.json'), 'utf8'))
    expect(Object.values(dependencies).filter(version => /workspace|link|file/.test(String(version)))).toEqual([])
  })
})
