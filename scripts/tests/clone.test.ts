import { execFile } from 'node:child_process'
import { appendFile, cp, mkdtemp, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { root } from '../pnpm.mjs'

const run = promisify(execFile)

/** The files of the repository without its history, as in a downloaded archive, in a folder with a space in its name. */
async function newTree(): Promise<string> {
  const tree = await mkdtemp(join(tmpdir(), 'connect okta '))
  const { stdout } = await run('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], { cwd: root })
  const files = stdout.split('\0').filter(name => name !== '')
  await Promise.all(files.map(name => cp(join(root, name), join(tree, name))))
  return tree
}

/** Runs `npm start` in a log, not on a terminal. The home folder has the caches of npm and pnpm. */
const start = (tree: string, args: readonly string[] = [], env: Record<string, string> = {}) =>
  run('npm', ['--silent', 'start', '--', ...args], { cwd: tree, env: { ...process.env, ...env } })

describe('npm start in a new tree', () => {
  const source = 'packages/cli/src/bin/main.ts'
  let tree: string
  let first: { readonly stdout: string; readonly stderr: string }
  beforeAll(async () => {
    tree = await newTree()
    first = await start(tree)
  })
  afterAll(() => rm(tree, { recursive: true, force: true }))

  it('reports what it installs and builds, and connects', () => {
    expect(first.stderr).toMatch(/^Installing packages: 150 of \d+$/m)
    expect(first.stderr).toMatch(/^Installed \d+ packages\.\nBuilding the CLI and the emulator \.\.\.$/m)
    expect(first.stdout).toContain('The token was revoked')
  })

  it('installs only the packages that it needs', async () => {
    await expect(stat(join(tree, 'packages/cli/node_modules'))).resolves.toBeDefined()
    await expect(stat(join(tree, 'docs/node_modules'))).rejects.toThrow('ENOENT')
  })

  it('neither installs nor builds when nothing has changed', async () => {
    expect((await start(tree)).stderr).toBe('')
  })

  it('builds again when a source file has changed, and when it is restored with its old time', async () => {
    const file = join(tree, source)
    const [text, { atime, mtime }] = [await readFile(file, 'utf8'), await stat(file)]
    await appendFile(file, "process.stderr.write('changed\\n')\n")
    expect((await start(tree, ['--version'])).stderr).toMatch(/Building [\s\S]*changed\n/)
    await writeFile(file, text)
    await utimes(file, atime, mtime)
    expect((await start(tree, ['--version'])).stderr).toBe('Building the CLI and the emulator ...\n')
  })

  it('builds again when a build was replaced', async () => {
    await writeFile(join(tree, 'packages/cli/dist/main.cjs'), 'process.exit(9)')
    expect((await start(tree, ['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+/)
  })

  it('leaves the installation of the rest to the other commands', async () => {
    const install = "import('./scripts/set-up.mjs').then(module => module.install())"
    const { stderr } = await run(process.execPath, ['--eval', install], { cwd: tree })
    expect(stderr).toMatch(/Installed \d+ packages\./)
    await expect(stat(join(tree, 'docs/node_modules'))).resolves.toBeDefined()
    expect((await start(tree, ['--version'])).stderr).toBe('Building the CLI and the emulator ...\n')
    await expect(stat(join(tree, 'docs/node_modules'))).resolves.toBeDefined()
  })
})

describe('npm start', () => {
  it('reports the required version when Node is too old', async () => {
    const old = 'Object.defineProperty(process.versions, "node", { value: "18.20.8" })'
    const args = ['--import', `data:text/javascript,${encodeURIComponent(old)}`, 'scripts/start.mjs']
    await expect(run(process.execPath, args, { cwd: root })).rejects.toMatchObject({
      code: 1,
      stderr: 'Node.js 20.19 or later is required, but this is Node.js 18.20.8.\n',
    })
  })

  it('reports that pnpm cannot be downloaded when there is no network', async () => {
    const env = {
      HOME: await mkdtemp(join(tmpdir(), 'home-')),
      npm_config_registry: 'http://127.0.0.1:9/',
      npm_config_fetch_retries: '0',
    }
    await expect(start(await newTree(), [], env)).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/Cannot download pnpm@\S+ from the npm registry\. Check the network\./),
    })
  })
})
