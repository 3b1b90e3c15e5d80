import { execFile } from 'node:child_process'
import { readdir, readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import config from '../../vitest.config.js'
import { licensesIn, permittedLicenses } from '../testing/permitted-licenses.js'

const run = promisify(execFile)
const root = fileURLToPath(new URL('../..', import.meta.url))
const file = (path: string) => readFile(`${root}/${path}`, 'utf8')

describe('a dependency of a published package', () => {
  it('is one of four for the library: two for OAuth, one for proxies, one for profiles', async () => {
    const { dependencies, peerDependencies, peerDependenciesMeta } = JSON.parse(
      await file('packages/core/package.json'),
    )
    expect(Object.keys(dependencies)).toEqual(['jose', 'oauth4webapi', 'undici', 'yaml'])
    expect(Object.keys(peerDependencies)).toEqual(['@napi-rs/keyring', 'redis'])
    expect(peerDependenciesMeta).toEqual({ '@napi-rs/keyring': { optional: true }, redis: { optional: true } })
  })

  it('is in the bundle of the CLI, which installs nothing else', async () => {
    const { dependencies = {} } = JSON.parse(await file('packages/cli/package.json'))
    expect(Object.keys(dependencies)).toEqual([])
  })

  // pnpm writes the copy. An entry without a user, which a merge can leave, would cause an install at every start.
  it('is in the lock file as pnpm writes it', async () => {
    expect(await file('node_modules/.pnpm/lock.yaml')).toBe(await file('pnpm-lock.yaml'))
  })

  it('has a license that allows distribution', async () => {
    const { packageManager } = JSON.parse(await file('package.json'))
    const args = ['--yes', '--prefer-offline', packageManager, '--recursive', 'licenses', 'list', '--prod', '--json']
    const { stdout } = await run('npx', args, { cwd: root, maxBuffer: 64 * 1024 * 1024 })
    const licenses = Object.keys(JSON.parse(stdout)).flatMap(one => one.replace(/[()]/g, '').split(' OR '))
    expect(licenses.length).toBeGreaterThan(1)
    expect(licenses.filter(license => !permittedLicenses.includes(license))).toEqual([])
  })

  it.each(['cli/dist', 'powershell-shim/dist/ConnectOkta/shim'])(
    'has such a license when it is bundled into %s',
    async folder => {
      const notices = await file(`packages/${folder}/THIRD-PARTY-NOTICES.txt`)
      const licenses = licensesIn(notices)
      expect(licenses.length).toBeGreaterThan(5)
      expect(licenses.filter(license => !permittedLicenses.includes(license))).toEqual([])
    },
  )

  it('runs no script during installation', async () => {
    const [, decisions = ''] = (await file('pnpm-workspace.yaml')).split('allowBuilds:\n')
    expect(decisions).toMatch(/^( {2}\S+: false\n)+(?! )/)
  })

  it('is pinned by a hash and names no registry host', async () => {
    const lock = await file('pnpm-lock.yaml')
    expect(lock).toMatch(/integrity: sha512-/)
    expect(lock).not.toMatch(/https?:\/\//)
  })
})

describe('a workflow', async () => {
  const names = await readdir(`${root}/.github/workflows`)
  const workflows = await Promise.all(names.map(name => file(`.github/workflows/${name}`)))
  const found = (pattern: RegExp) =>
    workflows.flatMap(text => [...text.matchAll(pattern)].map(([, value = '']) => value))

  it('pins every action by its full commit, with the version beside it', () => {
    const actions = found(/^[\s-]*uses: *(.*)$/gm)
    expect(actions.length).toBeGreaterThan(4)
    expect(actions.filter(one => !/^[\w-]+\/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(one))).toEqual([])
  })

  it('pins every container image by its digest', () => {
    const images = found(/^[\s-]*(?:container|image): *(.*)$/gm)
    expect(images.filter(one => !/@sha256:[0-9a-f]{64}$/.test(one))).toEqual([])
  })

  it('starts without permission to write and ends each job after a time limit', () => {
    for (const text of workflows) {
      expect(text).toMatch(/^permissions:\n {2}contents: read$/m)
      const [, jobs = ''] = text.split(/^jobs:$/m)
      expect(jobs.match(/^ {4}timeout-minutes: \d+$/gm)).toHaveLength(jobs.match(/^ {2}\w+:$/gm)?.length ?? 0)
    }
  })

  it('runs only scripts that exist', async () => {
    const { scripts } = JSON.parse(await file('package.json'))
    expect(found(/npm run ([\w-]+)/g).filter(name => !(name in scripts))).toEqual([])
    const paths = found(/run: (packages\/\S+)/g)
    await Promise.all(paths.map(file))
  })

  it('runs every project of the tests', () => {
    const projects = config.test?.projects?.map(one => (one as { test: { name: string } }).test.name) ?? []
    const run = new Set([...found(/--project ([\w-]+)/g), ...found(/npm run (torture)/g)])
    expect([...run].sort()).toEqual([...projects].sort())
  })
})
