import { execFile } from 'node:child_process'
import { readdir, readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'

const run = promisify(execFile)
const root = fileURLToPath(new URL('..', import.meta.url))
const file = (path: string) => readFile(`${root}/${path}`, 'utf8')

// What may be combined with a program under MIT and passed on without asking.
const permitted = ['MIT', 'ISC', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', '0BSD', 'BlueOak-1.0.0', 'Unlicense']

describe('what users get from others', () => {
  it('is little for the library: two for OAuth, one for proxies, one for profiles', async () => {
    const { dependencies, optionalDependencies } = JSON.parse(await file('packages/core/package.json'))
    expect(Object.keys(dependencies)).toEqual(['jose', 'oauth4webapi', 'undici', 'yaml'])
    expect(Object.keys(optionalDependencies)).toEqual(['@napi-rs/keyring', 'redis'])
  })

  it('is nothing for the command line but what is in its bundle', async () => {
    const { dependencies = {} } = JSON.parse(await file('packages/cli/package.json'))
    expect(Object.keys(dependencies)).toEqual([])
  })

  it('has a licence that lets it be passed on', async () => {
    const { packageManager } = JSON.parse(await file('package.json'))
    const args = ['--yes', '--prefer-offline', packageManager, '--recursive', 'licenses', 'list', '--prod', '--json']
    const { stdout } = await run('npx', args, { cwd: root, maxBuffer: 64 * 1024 * 1024 })
    const found = Object.keys(JSON.parse(stdout)).flatMap(one => one.replace(/[()]/g, '').split(' OR '))
    expect(found.length).toBeGreaterThan(1)
    expect(found.filter(licence => !permitted.includes(licence))).toEqual([])
  })

  it.each(['cli/dist', 'powershell-shim/dist/ConnectOkta/shim'])(
    'has such a license too when it is bundled into %s',
    async folder => {
      const notices = await file(`packages/${folder}/THIRD-PARTY-NOTICES.txt`)
      const licenses = [...notices.matchAll(/^-{80}\n\S+ \S+ \((.+)\)\n-{80}$/gm)].map(([, license = '']) => license)
      expect(licenses.length).toBeGreaterThan(5)
      expect(licenses.filter(license => !permitted.includes(license))).toEqual([])
    },
  )

  it('runs no script when it is installed', async () => {
    const [, decisions = ''] = (await file('pnpm-workspace.yaml')).split('allowBuilds:\n')
    expect(decisions).toMatch(/^( {2}\S+: false\n)+$/)
  })

  it('is pinned, by no address of anybody in particular', async () => {
    const lock = await file('pnpm-lock.yaml')
    expect(lock).toMatch(/integrity: sha512-/)
    expect(lock).not.toMatch(/https?:\/\//)
  })
})

describe('a workflow', () => {
  it('uses every action by its full commit, with the tag beside it, when it runs code of others', async () => {
    const names = await readdir(`${root}/.github/workflows`)
    const files = await Promise.all(names.map(name => file(`.github/workflows/${name}`)))
    const uses = files.flatMap(text => text.match(/^[\s-]*uses:.*$/gm) ?? [])
    expect(uses.length).toBeGreaterThan(4)
    const pinned = /^[\s-]*uses: [\w-]+\/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/
    expect(uses.filter(line => !pinned.test(line) && !/uses: \.\//.test(line))).toEqual([])
  })
})
