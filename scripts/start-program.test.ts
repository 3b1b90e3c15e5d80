import { execFile } from 'node:child_process'
import {
  chmod,
  chown,
  cp,
  link,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises'
import { Module } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { Script } from 'node:vm'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'

const run = promisify(execFile)
const folder = join(dirname(dirname(fileURLToPath(import.meta.url))), 'packages/cli/dist')
const own = process.getuid?.() ?? -1

let home = ''
let caches = ''
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'start-'))
  caches = join(home, '.cache/connect-okta')
  onTestFinished(() => rm(home, { recursive: true, force: true }))
})

const help = { stdout: expect.stringContaining('connect-okta COMMAND'), stderr: '' }
const planted = { stdout: 'planted', stderr: '' }

async function start(env: Record<string, string> = {}): Promise<{ stdout: string; stderr: string }> {
  const all = { PATH: process.env.PATH, HOME: home, ...env }
  return await run(process.execPath, [join(folder, 'main.cjs'), '--help'], { env: all })
}

async function kept(): Promise<string> {
  const [name = ''] = await readdir(caches)
  return join(caches, name)
}

// V8 takes it for the program's: it knows that by the length of the source alone.
async function plant(path: string): Promise<void> {
  const { length } = Module.wrap(await readFile(join(folder, 'program.cjs'), 'utf8'))
  const source = `((exports, require) => require?.('node:fs').writeSync(1, 'planted'))`
  const script = new Script(source.padEnd(length))
  // Compiled when it is run first.
  script.runInThisContext()()
  const data = script.createCachedData()
  await writeFile(path, Buffer.concat([data, data]), { mode: 0o600 })
}

describe('what V8 has compiled', () => {
  it('is kept for the next start, readable by this user alone', async () => {
    expect(await start()).toEqual(help)
    expect(await readdir(caches)).toEqual([expect.stringMatching(/^main-[0-9a-f]{16}-v\d+\.\d+\.\d+-\w+-any$/)])
    expect((await stat(caches)).mode & 0o777).toBe(0o700)
    const first = await stat(await kept())
    expect(first.mode & 0o777).toBe(0o600)
    expect(await start()).toEqual(help)
    expect((await stat(await kept())).ino).toBe(first.ino)
  })

  it('is kept for each command by itself, and for none that there is not', async () => {
    const env = { PATH: process.env.PATH, HOME: home }
    const main = join(folder, 'main.cjs')
    await run(process.execPath, [main, 'profiles'], { env })
    await run(process.execPath, [main, 'status'], { env })
    await expect(run(process.execPath, [main, 'statsu'], { env })).rejects.toMatchObject({ code: 2 })
    expect((await readdir(caches)).map(name => name.split('-').at(-1)).sort()).toEqual(['profiles', 'status'])
  })

  it('is what the next start runs', async () => {
    await start()
    await plant(await kept())
    expect(await start()).toEqual(planted)
  })

  it('is not run where others may have written it', async () => {
    await start()
    const path = await kept()
    await plant(path)
    await chmod(path, 0o620)
    expect(await start()).toEqual(help)
  })

  it.runIf(own === 0)('is not run where it is of another user', async () => {
    await start()
    const path = await kept()
    await plant(path)
    await chown(path, 1000, 1000)
    expect(await start()).toEqual(help)
  })

  it('is not run where its folder is one that others may write to', async () => {
    await start()
    await plant(await kept())
    await chmod(caches, 0o722)
    expect(await start()).toEqual(help)
  })

  it.each([
    ['is not run', 'others may replace its folder', 0o777, help],
    ['is run', 'others may only add to what its folder is in', 0o1777, planted],
  ])('%s when %s', async (_what, _when, mode, expected) => {
    await start()
    await plant(await kept())
    await chmod(dirname(caches), mode)
    expect(await start()).toEqual(expected)
  })

  it('is not run when the file has another name elsewhere', async () => {
    await start()
    const path = await kept()
    await plant(join(home, 'elsewhere'))
    await rm(path)
    await link(join(home, 'elsewhere'), path)
    expect(await start()).toEqual(help)
  })

  it('is not run where a link leads to it', async () => {
    await start()
    const path = await kept()
    const elsewhere = join(home, 'elsewhere')
    await plant(elsewhere)
    await rm(path)
    await symlink(elsewhere, path)
    expect(await start()).toEqual(help)
  })

  it.each([
    ['nothing', ''],
    ['something else', 'x'.repeat(100_000)],
  ])('is made again where %s is in its place', async (_what, content) => {
    await start()
    const path = await kept()
    await writeFile(path, content)
    expect(await start()).toEqual(help)
    const { size } = await stat(path)
    expect(size).not.toBe(content.length)
  })

  it('is made again where a pipe is in its place', async () => {
    await start()
    const path = await kept()
    await rm(path)
    await run('mkfifo', [path])
    expect(await start()).toEqual(help)
    expect((await stat(path)).isFile()).toBe(true)
  })

  it('is made again where a part of it was lost', async () => {
    await start()
    const path = await kept()
    const whole = await readFile(path)
    for (const at of [64, 4_096, 20_000, 30_000, whole.byteLength - 600]) {
      await writeFile(path, Buffer.concat([whole.subarray(0, at), Buffer.alloc(512), whole.subarray(at + 512)]))
      expect(await start()).toEqual(help)
      const again = await readFile(path)
      expect(again.subarray(0, again.byteLength / 2).equals(again.subarray(again.byteLength / 2))).toBe(true)
      expect(await start()).toEqual(help)
    }
  })

  it('goes when it was made long ago, as what a start left that was killed, but for what is of others', async () => {
    await start()
    const [current = ''] = await readdir(caches)
    const longAgo = new Date(Date.now() - 40 * 24 * 60 * 60_000)
    const names = [
      'main-0000000000000000-v20.19.0-x64-any',
      `${current}.123-456`,
      'shim-0000000000000000-v20.19.0-x64-any',
    ]
    for (const name of names) {
      await writeFile(join(caches, name), '')
      await utimes(join(caches, name), longAgo, longAgo)
    }
    await writeFile(join(caches, 'main-1111111111111111-v20.19.0-x64-any'), '')
    await rm(join(caches, current))
    await start()
    expect((await readdir(caches)).sort()).toEqual(
      [current, 'main-1111111111111111-v20.19.0-x64-any', 'shim-0000000000000000-v20.19.0-x64-any'].sort(),
    )
  })

  it('is not left in part where the disk is full', async () => {
    const limited = ['-c', `ulimit -f 20; exec "${process.execPath}" "${join(folder, 'main.cjs')}" --help`]
    expect(await run('bash', limited, { env: { PATH: process.env.PATH, HOME: home } })).toEqual(help)
    expect(await readdir(caches)).toEqual([])
  })

  it('is left as it is by who has flags of V8, which take none that was made without', async () => {
    await start()
    const before = await stat(await kept())
    expect(await start({ NODE_OPTIONS: '--max-old-space-size=512' })).toEqual(help)
    expect((await stat(await kept())).ino).toBe(before.ino)
  })

  it.each(['', 'relative'])('is not looked for where one works: with %j for a home', async where => {
    await start()
    const worksIn = join(home, 'repository')
    await mkdir(join(worksIn, where, '.cache/connect-okta'), { recursive: true })
    await plant(join(worksIn, where, '.cache/connect-okta', (await kept()).slice(caches.length + 1)))
    for (const env of [{ HOME: where }, { HOME: join(home, 'none'), XDG_CACHE_HOME: join(where, '.cache') }]) {
      const options = { cwd: worksIn, env: { PATH: process.env.PATH, ...env } }
      expect(await run(process.execPath, [join(folder, 'main.cjs'), '--help'], options)).toEqual(help)
    }
  })

  it.runIf(own === 0)('makes no folder in the home of somebody else', async () => {
    await chown(home, 1000, 1000)
    expect(await start()).toEqual(help)
    expect(await readdir(home)).toEqual([])
  })

  it('is neither kept nor run where NODE_DISABLE_COMPILE_CACHE says so', async () => {
    await start({ NODE_DISABLE_COMPILE_CACHE: '1' })
    await expect(readdir(caches)).rejects.toThrow('ENOENT')
    await start()
    await plant(await kept())
    expect(await start({ NODE_DISABLE_COMPILE_CACHE: '1' })).toEqual(help)
  })

  it('is below XDG_CACHE_HOME where that is set', async () => {
    await start({ XDG_CACHE_HOME: join(home, 'elsewhere') })
    expect(await readdir(join(home, 'elsewhere/connect-okta'))).toHaveLength(1)
  })

  it('is kept in no folder that others may write to, and behind no link', async () => {
    await mkdir(caches, { recursive: true })
    await chmod(caches, 0o777)
    expect(await start()).toEqual(help)
    expect(await readdir(caches)).toEqual([])
    const elsewhere = join(home, 'elsewhere')
    await rename(caches, elsewhere)
    await chmod(elsewhere, 0o700)
    await symlink(elsewhere, caches)
    expect(await start()).toEqual(help)
    expect(await readdir(elsewhere)).toEqual([])
  })

  it.runIf(own === 0)('is missed by no user who is a number alone, as in some containers', async () => {
    // Nobody but root may look into what a clone is in.
    const open = join(home, 'open')
    await cp(folder, open, { recursive: true })
    await chmod(home, 0o755)
    const args = ['--reuid', '54321', '--regid', '54321', '--clear-groups', process.execPath, join(open, 'main.cjs')]
    expect(await run('setpriv', [...args, '--help'], { env: { PATH: process.env.PATH } })).toEqual(help)
    const status = run('setpriv', [...args, 'status'], { env: { PATH: process.env.PATH } })
    await expect(status).rejects.toMatchObject({ code: 6, stderr: expect.stringContaining('Set HOME') })
    const folders = { CONNECT_OKTA_CONFIG_DIR: join(home, 'none'), CONNECT_OKTA_STATE_DIR: join(home, 'none') }
    const named = await run('setpriv', [...args, 'status'], { env: { PATH: process.env.PATH, ...folders } })
    expect(named.stderr).toContain('Nobody is connected')
  })

  it('is kept in no home that is not there', async () => {
    const none = join(home, 'none')
    expect(await start({ HOME: none })).toEqual(help)
    await expect(stat(none)).rejects.toThrow('ENOENT')
  })

  it('is missed by nobody where it cannot be kept', async () => {
    await writeFile(join(home, '.cache'), '')
    expect(await start()).toEqual(help)
    expect(await start()).toEqual(help)
  })
})
