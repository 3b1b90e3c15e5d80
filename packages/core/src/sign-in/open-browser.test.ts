import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, rename, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { openedAddress } from '@connect-okta/emulator'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { runProgram, signIn } from '../../test/support/program.test.support.js'
import { findBrowser, openBrowser } from './open-browser.js'

const url = new URL('https://example.okta.com/authorize?a=1&b=$(id)')
let folder: string
let PATH: string

/** A program that writes down what it was told, and with which environment. */
async function install(name: string, exitCode = 0): Promise<string> {
  const path = join(folder, name)
  const script = `#!/bin/sh
    cd "$(dirname "$0")"
    { echo "${name} $*"; env; } > told.part
    mv told.part told
    exit ${exitCode}\n`
  await writeFile(path, script, { mode: 0o755 })
  return path
}

// `openBrowser` waits for a browser only for a moment.
const told = () => vi.waitFor(async () => (await readFile(join(folder, 'told'), 'utf8')).split('\n'), 20_000)

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'browser-'))
  // The shell and `env` of the programs are beside them on the path.
  PATH = `${folder}:/usr/bin:/bin`
})

// What a program was opened with, with the file that redirects replaced by where it leads.
async function openedWith(): Promise<string> {
  const line = (await told())[0] ?? ''
  return line.replace(/file:\/\/\S+/, file => openedAddress(file).href)
}

describe('openBrowser', () => {
  it.each<[string, string, NodeJS.Platform, NodeJS.ProcessEnv, string]>([
    ['the one that BROWSER names', 'firefox', 'linux', { BROWSER: 'firefox' }, `firefox ${url.href}`],
    [
      'with its arguments',
      'firefox',
      'linux',
      { BROWSER: 'firefox --private %s --x' },
      `firefox --private ${url.href} --x`,
    ],
    ['the first of a list that is there', 'second', 'linux', { BROWSER: 'first-missing:second' }, `second ${url.href}`],
    ['open on macOS', 'open', 'darwin', {}, `open ${url.href}`],
    ['rundll32 on Windows', 'rundll32', 'win32', {}, `rundll32 url.dll,FileProtocolHandler ${url.href}`],
    ['wslview in WSL', 'wslview', 'linux', { WSL_DISTRO_NAME: 'Debian' }, `wslview ${url.href}`],
    [
      'the one of Windows in WSL without wslview',
      'rundll32.exe',
      'linux',
      { WSL_INTEROP: '/run/WSL/1_interop' },
      `rundll32.exe url.dll,FileProtocolHandler ${url.href}`,
    ],
  ])('opens %s', async (_what, program, platform, environment, expected) => {
    await install(program)
    const end = new AbortController()
    await openBrowser(url, { environment: { PATH, ...environment }, platform, signal: end.signal })
    expect(await openedWith()).toBe(expected)
    end.abort()
  })

  it.runIf(process.platform !== 'win32')(
    'shows the address to no other user: it opens a file that only this user can read, until the sign-in is over',
    async () => {
      const end = new AbortController()
      await openBrowser(url, { environment: { PATH, BROWSER: await install('browser') }, signal: end.signal })
      const argument = (await told())[0]?.split(' ')[1] ?? ''
      expect(argument).toMatch(/^file:/)
      const file = fileURLToPath(argument)
      expect((await stat(file)).mode & 0o777).toBe(0o600)
      expect((await stat(dirname(file))).mode & 0o777).toBe(0o700)
      expect(openedAddress(argument).href).toBe(url.href)
      end.abort()
      expect(existsSync(dirname(file))).toBe(false)
    },
  )

  it('removes the file when no browser opens, and when the process ends', async () => {
    const temporary = await mkdtemp(join(tmpdir(), 'files-'))
    const script = `import { openBrowser } from ${signIn}
      const open = BROWSER => openBrowser(new URL('https://example.okta.com/'), { environment: { PATH: process.env.PATH, BROWSER } })
      await open('missing').catch(error => console.log(error.code))
      await open('true')`
    expect(await runProgram(script, { env: { TMPDIR: temporary } })).toBe('browser_failed\n')
    expect(await readdir(temporary)).toEqual([])
  })

  it.each(['/nowhere', 'relative', '/dev/null'])('opens the browser also when TMPDIR is %s', async TMPDIR => {
    const script = `import { openBrowser } from ${signIn}
      await openBrowser(new URL('https://example.okta.com/'), { environment: { PATH: process.env.PATH, BROWSER: 'true' } })
      console.log('opened')`
    expect(await runProgram(script, { env: { TMPDIR } })).toBe('opened\n')
  })

  it('gives the address itself to the helper of VS Code, whose browser is on another machine', async () => {
    await install('browser.sh')
    const BROWSER = join(folder, 'helpers', 'browser.sh')
    await mkdir(join(folder, 'helpers'))
    await rename(join(folder, 'browser.sh'), BROWSER)
    await openBrowser(url, { environment: { PATH, BROWSER, VSCODE_IPC_HOOK_CLI: '/run/vscode.sock' } })
    expect(await readFile(join(folder, 'helpers', 'told'), 'utf8')).toContain(`browser.sh ${url.href}\n`)
  })

  it('keeps our secrets out of the environment of the browser', async () => {
    const secrets = { OKTA_CLIENT_PRIVATEKEY: 'a-key', CONNECT_OKTA_API_TOKEN: 'a-token', DISPLAY: ':0' }
    await openBrowser(url, { environment: { PATH, BROWSER: await install('browser'), ...secrets } })
    const environment = await told()
    expect(environment).toContain('DISPLAY=:0')
    expect(environment.join('\n')).not.toMatch(/a-key|a-token/)
  })

  it.each([1, undefined])(
    'that is not there, or fails at once, is an error that names the other ways: %s',
    async code => {
      if (code !== undefined) await install('broken', code)
      await expect(openBrowser(url, { environment: { PATH, BROWSER: 'broken' } })).rejects.toMatchObject({
        code: 'browser_failed',
        hint: expect.stringContaining('BROWSER'),
        remedy: { id: 'sign_in_elsewhere' },
      })
    },
  )

  it('settles also where nothing else keeps the process alive', async () => {
    // A browser that lives on for a while, as browsers do.
    const browser = join(folder, 'browser.sh')
    await writeFile(browser, '#!/bin/sh\nsleep 3\n', { mode: 0o755 })
    const script = `import { openBrowser } from ${signIn}
      await openBrowser(new URL('https://example.okta.com/'), { environment: { PATH: process.env.PATH, BROWSER: ${JSON.stringify(browser)} } })
      console.log('opened')`
    expect(await runProgram(script)).toBe('opened\n')
  })
})

describe('findBrowser', () => {
  it('names what would be opened, and nothing where nothing is there', async () => {
    expect(findBrowser({ PATH: folder }, 'linux')).toBeUndefined()
    await install('x-www-browser')
    expect(findBrowser({ PATH: folder }, 'linux')).toBe('x-www-browser')
    expect(findBrowser({ PATH: folder, BROWSER: '/bin/true' }, 'linux')).toBe('/bin/true')
  })

  // aws-cli#7892
  it('is the one that BROWSER names in WSL too, and none where Windows has none', () => {
    const wsl = { PATH: '/nowhere', WSL_DISTRO_NAME: 'Debian' }
    expect(findBrowser({ ...wsl, BROWSER: '/bin/true' }, 'linux')).toBe('/bin/true')
    expect(findBrowser(wsl, 'linux')).toBeUndefined()
  })
})
