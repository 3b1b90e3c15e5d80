import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { packAll, publishedPackages } from './packages.mjs'

interface Published {
  readonly folder: string
  readonly manifest: Readonly<Record<string, unknown>> & { readonly name: string }
}

const run = promisify(execFile)
const published: readonly Published[] = publishedPackages()
const { node22, node24 } = inject('systemNeeds')
const nodes = { 'this Node': process.execPath, 'Node 22': node22, 'Node 24': node24 }

// A program of ten lines that somebody writes who has the packages alone.
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

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'packed-'))
  const tarballs = packAll(folder)
  await writeFile(join(folder, 'package.json'), '{"private":true,"type":"module"}')
  const quiet = ['--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error']
  await run('npm', ['install', ...quiet, ...tarballs.values()], { cwd: folder })
  await writeFile(join(folder, 'program.mjs'), program)
})
afterAll(() => rm(folder, { recursive: true, force: true }))

describe.for(Object.entries(nodes))('the packages from their tarballs, in an empty folder, on %s', ([name, node]) => {
  const skip = node === undefined ? it.skip : it

  skip('get a token from an org, by program and by command, and give it back', async () => {
    const home = await mkdtemp(join(folder, 'home-'))
    const bin = join(folder, 'node_modules/.bin')
    const env = { PATH: [dirname(node ?? ''), process.env.PATH].join(delimiter), HOME: home }
    const org = spawn(join(bin, 'okta-emulator'), ['--json'], { cwd: folder, env })
    try {
      const [line] = await once(org.stdout, 'data')
      const { orgUrl: tenant, clients } = JSON.parse(String(line).split('\n')[0] ?? '')
      const { clientId, jwk } = clients.find((client: { jwk?: unknown; dpop?: boolean }) => client.jwk && !client.dpop)
      await writeFile(join(folder, 'app.json'), JSON.stringify({ tenant, clientId, jwk }))
      const { stdout } = await run(node ?? '', ['program.mjs'], { cwd: folder, env })
      const version = /\d+$/.exec(name)?.[0] ?? process.versions.node
      expect(stdout).toMatch(new RegExp(`^${version}\\S* 200 \\d+\n$`))

      await writeFile(join(home, 'key.json'), JSON.stringify(jwk), { mode: 0o600 })
      const connectOkta = (...args: readonly string[]) => run(join(bin, 'connect-okta'), args, { cwd: home, env })
      await connectOkta(
        'login',
        '--store',
        'file',
        '--tenant',
        tenant,
        '--client-id',
        clientId,
        '--jwk-file',
        'key.json',
      )
      const { stdout: token } = await connectOkta('token', '--store', 'file')
      const headers = { authorization: `Bearer ${token.trim()}` }
      expect((await fetch(new URL('/api/v1/users', tenant), { headers })).status).toBe(200)
      await connectOkta('logout', '--store', 'file', '--jwk-file', 'key.json')
      expect((await fetch(new URL('/api/v1/users', tenant), { headers })).status).toBe(401)
    } finally {
      org.kill()
      await rm(home, { recursive: true, force: true })
    }
  })
})

describe('a package with a bundled program', () => {
  const shim = 'dist/ConnectOkta/shim'
  const bundled = [
    { name: '@connect-okta/cli', notices: 'dist', more: [] },
    { name: '@connect-okta/powershell-shim', notices: shim, more: ['redis', '@redis/client', '@napi-rs/keyring'] },
  ]
  // What tests use, and what is installed beside a bundle.
  const notBundled = /^(@types\/|@connect-okta\/|@napi-rs\/|fast-check$|playwright-core$|redis$)/

  it.each(bundled)('$name carries the license text of every package in its bundle', async ({ name, notices, more }) => {
    const text = await readFile(join(folder, 'node_modules', name, notices, 'THIRD-PARTY-NOTICES.txt'), 'utf8')
    const own = published.find(({ manifest }) => manifest.name === name)?.folder ?? ''
    const core = join(dirname(own), 'core')
    const needs = [own, core].flatMap(one => {
      const { devDependencies = {}, dependencies = {} } = JSON.parse(readFileSync(join(one, 'package.json'), 'utf8'))
      const names = Object.keys(one === core ? dependencies : { ...dependencies, ...devDependencies })
      return names.filter(need => !notBundled.test(need)).map(need => join(one, 'node_modules', need))
    })
    expect(needs.length).toBeGreaterThan(4)
    for (const need of needs) {
      const manifest = JSON.parse(await readFile(join(need, 'package.json'), 'utf8'))
      const [license = ''] = (await readdir(need)).filter(file => /^licen[cs]e/i.test(file))
      expect(text).toContain(`\n${manifest.name} ${manifest.version} (${manifest.license})\n`)
      expect(text).toContain((await readFile(join(need, license), 'utf8')).trim())
    }
    for (const other of more)
      expect(text).toMatch(new RegExp(`^${other} \\d+\\.\\S+ \\(MIT\\)$[\\s\\S]*?^Permission is`, 'm'))
  })
})

describe('every published package', () => {
  it.each(published.map(one => [one.manifest.name, one] as const))('%s says what the registry shows', (_name, one) => {
    const { manifest } = one
    expect(manifest).toMatchObject({
      description: expect.stringMatching(/\S.{10}/),
      license: 'MIT',
      type: 'module',
      engines: { node: '>=20.19' },
      files: expect.arrayContaining([expect.any(String)]),
    })
    expect(manifest.keywords).toEqual(expect.arrayContaining(['okta']))
  })

  const commands = published.flatMap(({ manifest }) => Object.keys((manifest.bin as object | undefined) ?? {}))
  it.each(commands)('has a command that says how to use it: %s', async command => {
    const { stdout, stderr } = await run(join(folder, 'node_modules/.bin', command), ['--help'])
    expect(stdout + stderr).toContain(command)
  })

  it.each(published.map(one => [one.manifest.name] as const))(
    '%s holds what is for users, and no tests',
    async name => {
      const installed = join(folder, 'node_modules', name)
      const files = await readdir(installed, { recursive: true })
      expect(files).toEqual(expect.arrayContaining(['README.md', 'LICENSE', 'package.json']))
      expect(
        files.filter(file => /\.test\.|(^|\/)tests?\/|torture/.test(file) && !file.startsWith('node_modules')),
      ).toEqual([])
      const { dependencies = {} } = JSON.parse(await readFile(join(installed, 'package.json'), 'utf8'))
      expect(Object.values(dependencies).filter(version => /workspace|link|file/.test(String(version)))).toEqual([])
    },
  )
})
