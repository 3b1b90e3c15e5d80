import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, rename, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { openedAddress } from '@connect-okta/emulator'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { newFolder } from '../../test/support/new-folder.test.support.js'
import { runProgram, signIn } from '../../test/support/run-program.test.support.js'
import { findBrowser, openBrowser } from './open-browser.js'

const url = new URL('https://example.okta.com/authorize?a=1&b=$(id)')
let folder: string
let PATH: string

/** Installs a program that writes its arguments and its environment to a file. */
async function installProgram(name: string, exitCode = 0): Promise<string> {
  const path = join(folder, name)
  const script = `#!/bin/sh
    cd "$(dirname "$0")"
    { echo "${name} $*"; env; } > recorded.part
    mv recorded.part recorded
    exit ${exitCode}\n`
  await writeFile(path, script, { mode: 0o755 })
  return path
}

// `openBrowser` returns before the program has ended.
const recordedLines = () =>
  vi.waitFor(async () => (await readFile(join(folder, 'recorded'), 'utf8')).split('\n'), 20_000)

beforeEach(async () => {
  folder = await newFolder()
  // The programs need `sh` and `env`.
  PATH = `${folder}:/usr/bin:/bin`
})

// The command line of the program, with the redirecting file replaced by its target URL.
async function recordedCommand(): Promise<string> {
  const line = (await recordedLines())[0] ?? ''
  return line.replace(/file:\/\/\S+/, file => openedAddress(file).href)
}

// Its programs are scripts of a shell, which Windows does not start.
describe.skipIf(process.platform === 'win32')('openBrowser', () => {
  it.each<[string, string, NodeJS.Platform, NodeJS.ProcessEnv, string]>([
    ['the program that BROWSER names', 'firefox', 'linux', { BROWSER: 'firefox' }, `firefox ${url.href}`],
    [
      'the program that BROWSER names, with arguments',
      'firefox',
      'linux',
      { BROWSER: 'firefox --private %s --x' },
      `firefox --private ${url.href} --x`,
    ],
    [
      'the first installed program of a list',
      'second',
      'linux',
      { BROWSER: 'first-missing:second' },
      `second ${url.href}`,
    ],
    ['open on macOS', 'open', 'darwin', {}, `open ${url.href}`],
    ['wslview in WSL', 'wslview', 'linux', { WSL_DISTRO_NAME: 'Debian' }, `wslview ${url.href}`],
    [
      'rundll32.exe in WSL without wslview',
      'rundll32.exe',
      'linux',
      { WSL_INTEROP: '/run/WSL/1_interop' },
      `rundll32.exe url.dll,FileProtocolHandler ${url.href}`,
    ],
  ])('opens %s', async (_what, program, platform, environment, expected) => {
    await installProgram(program)
    const end = new AbortController()
    await openBrowser(url, { environment: { PATH, ...environment }, platform, signal: end.signal })
    expect(await recordedCommand()).toBe(expected)
    end.abort()
  })

  it.each<[string, string, (program: string) => string, string]>([
    ['a path in double quotes', 'my browser', program => `"${program}"`, ''],
    ['a path in quotes, with arguments', 'my browser', program => `'${program}' --new-window`, '--new-window '],
    ['a path with an escaped space', 'my browser', program => program.replace(' ', '\\ '), ''],
    ['a path with a space, with arguments', 'my browser', program => `${program} --new-window`, '--new-window '],
    ['a path with a colon in quotes', 'my:browser', program => `"${program}":other`, ''],
    ['an argument in quotes', 'browser', program => `${program} "--profile=A B"`, '--profile=A B '],
    ['the placeholder %u', 'browser', program => `${program} --url=%u`, '--url='],
    ['the placeholder %s in quotes', 'browser', program => `${program} "%s"`, ''],
    ['quotes around the whole command', 'browser', program => `'${program} --private %s'`, '--private '],
    ['the home folder', 'browser', program => program.replace(folder, '~'), ''],
    ['a variable for the home folder', 'browser', program => program.replace(folder, '$HOME'), ''],
    ['a trailing ampersand', 'browser', program => `${program} &`, ''],
  ])('reads BROWSER with %s', async (_what, name, browser, before) => {
    const program = await installProgram(name)
    await openBrowser(url, { environment: { PATH, HOME: folder, BROWSER: browser(program) }, platform: 'linux' })
    expect(await recordedCommand()).toBe(`${name} ${before}${url.href}`)
  })

  it.runIf(process.platform !== 'win32')(
    'opens a file that only this user can read and removes it after the sign-in, so that no process list shows the URL',
    async () => {
      const end = new AbortController()
      await openBrowser(url, { environment: { PATH, BROWSER: await installProgram('browser') }, signal: end.signal })
      const argument = (await recordedLines())[0]?.split(' ')[1] ?? ''
      expect(argument).toMatch(/^file:/)
      const file = fileURLToPath(argument)
      expect((await stat(file)).mode & 0o777).toBe(0o600)
      expect((await stat(dirname(file))).mode & 0o777).toBe(0o700)
      expect(openedAddress(argument).href).toBe(url.href)
      end.abort()
      expect(existsSync(dirname(file))).toBe(false)
    },
  )

  it('removes the file when no browser opens and when the process ends', async () => {
    const temporary = await newFolder()
    const script = `import { openBrowser } from ${signIn}
      const open = BROWSER => openBrowser(new URL('https://example.okta.com/'), { environment: { PATH: process.env.PATH, BROWSER } })
      await open('missing').catch(error => console.log(error.code))
      await open('true')`
    expect(await runProgram(script, { env: { TMPDIR: temporary } })).toBe('browser_failed\n')
    expect(await readdir(temporary)).toEqual([])
  })

  it.each(['/nowhere', 'relative', '/dev/null'])('opens the browser when TMPDIR is %s', async TMPDIR => {
    const script = `import { openBrowser } from ${signIn}
      await openBrowser(new URL('https://example.okta.com/'), { environment: { PATH: process.env.PATH, BROWSER: 'true' } })
      console.log('opened')`
    expect(await runProgram(script, { env: { TMPDIR } })).toBe('opened\n')
  })

  it('passes the URL itself to the VS Code helper, whose browser runs on another machine', async () => {
    await installProgram('browser.sh')
    const BROWSER = join(folder, 'helpers', 'browser.sh')
    await mkdir(join(folder, 'helpers'))
    await rename(join(folder, 'browser.sh'), BROWSER)
    await openBrowser(url, { environment: { PATH, BROWSER, VSCODE_IPC_HOOK_CLI: '/run/vscode.sock' } })
    expect(await readFile(join(folder, 'helpers', 'recorded'), 'utf8')).toContain(`browser.sh ${url.href}\n`)
  })

  it('removes secrets from the environment of the browser', async () => {
    const secrets = { OKTA_CLIENT_PRIVATEKEY: 'a-key', CONNECT_OKTA_API_TOKEN: 'a-token', DISPLAY: ':0' }
    await openBrowser(url, { environment: { PATH, BROWSER: await installProgram('browser'), ...secrets } })
    const environment = await recordedLines()
    expect(environment).toContain('DISPLAY=:0')
    expect(environment.join('\n')).not.toMatch(/a-key|a-token/)
  })

  it.each([1, undefined])(
    'reports browser_failed and a remedy when the program exits with %s (undefined: is missing)',
    async code => {
      if (code !== undefined) await installProgram('broken', code)
      await expect(openBrowser(url, { environment: { PATH, BROWSER: 'broken' } })).rejects.toMatchObject({
        code: 'browser_failed',
        hint: expect.stringContaining('BROWSER'),
        remedy: { id: 'sign_in_elsewhere' },
      })
    },
  )

  it('resolves when nothing else keeps the process alive', async () => {
    // A browser that keeps running.
    const browser = join(folder, 'browser.sh')
    await writeFile(browser, '#!/bin/sh\nsleep 3\n', { mode: 0o755 })
    const script = `import { openBrowser } from ${signIn}
      await openBrowser(new URL('https://example.okta.com/'), { environment: { PATH: process.env.PATH, BROWSER: ${JSON.stringify(browser)} } })
      console.log('opened')`
    expect(await runProgram(script)).toBe('opened\n')
  })
})

describe('findBrowser', () => {
  it('returns the program that openBrowser would start, or undefined when none is installed', async () => {
    expect(findBrowser({ PATH: folder }, 'linux')).toBeUndefined()
    await installProgram('x-www-browser')
    expect(findBrowser({ PATH: folder }, 'linux')).toBe('x-www-browser')
    expect(findBrowser({ PATH: folder, BROWSER: '/bin/true' }, 'linux')).toBe('/bin/true')
  })

  it.each<[string, NodeJS.ProcessEnv]>([
    ['D:\\WINNT\\System32\\rundll32.exe', { SystemRoot: 'D:\\WINNT' }],
    ['C:\\Windows\\System32\\rundll32.exe', {}],
  ])(
    'returns the path of rundll32 on Windows, so that no program of the current folder is started: %s',
    (path, system) => {
      expect(findBrowser({ PATH: folder, ...system }, 'win32')).toBe(path)
    },
  )

  // aws-cli#7892
  it('returns the program that BROWSER names in WSL, and undefined without Windows programs', () => {
    const wsl = { PATH: '/nowhere', WSL_DISTRO_NAME: 'Debian' }
    expect(findBrowser({ ...wsl, BROWSER: '/bin/true' }, 'linux')).toBe('/bin/true')
    expect(findBrowser(wsl, 'linux')).toBeUndefined()
  })
})
