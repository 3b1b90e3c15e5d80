import { once } from 'node:events'
import { accessSync, constants, existsSync } from 'node:fs'
import { delimiter, isAbsolute, join } from 'node:path'
import { OktaConnectError } from '../errors.js'
import { type RedirectFile, writeRedirectFile } from './redirect-file.js'

/** Long enough for a missing program or display to show; a browser that lives on for longer has opened. */
const settleMs = 1_000
// Longer than a browser takes to start on a slow machine.
const maxFileLifeMs = 60_000
// What the browser has no use for, and what must not be found in its environment.
const secretNames = /^(CONNECT_OKTA_|OKTA_CLIENT_)/

/** A program to open an address with, and what it is told. `%s` stands for the address. */
type Opener = readonly [program: string, ...args: string[]]

/** How to open a browser. */
export interface BrowserOptions {
  /** Fires when the sign-in is over: then the browser no longer needs the file that it was opened with. */
  readonly signal?: AbortSignal | undefined
  /** `BROWSER`, where it is set, names programs to try, as it does for other tools. Default: that of the process. */
  readonly environment?: NodeJS.ProcessEnv
  /** Of the machine, as Node names it. */
  readonly platform?: NodeJS.Platform
}

/**
 * Opens the user's browser at an address. The address is no argument of a program, where other users could read it: the
 * browser gets a file that redirects, readable by its user only, which is removed when the sign-in is over, when the
 * process ends, or after a minute.
 *
 * @throws {@link OktaConnectError} `browser_failed` when there is none, or it ends with a failure at once.
 * @see https://man.archlinux.org/man/xdg-open.1, https://wslutiliti.es/wslu/man/wslview.html
 */
export async function openBrowser(
  url: URL,
  { signal, environment = process.env, platform = process.platform }: BrowserOptions = {},
): Promise<void> {
  const openers = openersFor(environment, platform)
  const opened = takesAddress(openers, environment, platform) ? undefined : await fileFor(url, environment)
  let cause: unknown
  for (const opener of openers) {
    try {
      await run(opener, opened?.url ?? url, environment)
      if (opened !== undefined) removeLater(opened, signal)
      return
    } catch (error) {
      cause = error
    }
  }
  opened?.remove()
  throw new OktaConnectError('browser_failed', `No browser could be opened (${openers.map(programOf).join(', ')}).`, {
    hint: 'Name a browser with the environment variable BROWSER, or sign in with a browser that you open yourself.',
    remedy: { id: 'sign_in_elsewhere' },
    cause,
  })
}

// Windows shows the arguments of a process to its own user only. The helper of VS Code opens the browser of another
// machine, which has no such file.
function takesAddress([first]: readonly Opener[], environment: NodeJS.ProcessEnv, platform: NodeJS.Platform): boolean {
  const isForwarded =
    environment.VSCODE_IPC_HOOK_CLI !== undefined && /[/]helpers[/]browser\.sh$/.test(first?.[0] ?? '')
  return platform === 'win32' || isForwarded
}

async function fileFor(url: URL, { HOME }: NodeJS.ProcessEnv): Promise<RedirectFile> {
  // https://snapcraft.io/docs/home-interface: files in the home folder whose names begin with no dot.
  const isSnap = HOME !== undefined && isAbsolute(HOME) && existsSync('/snap/bin')
  return await writeRedirectFile(url, isSnap ? HOME : undefined)
}

function removeLater({ remove }: RedirectFile, signal: AbortSignal | undefined): void {
  const timer = setTimeout(remove, maxFileLifeMs).unref()
  const end = () => {
    clearTimeout(timer)
    remove()
  }
  if (signal?.aborted) end()
  else signal?.addEventListener('abort', end, { once: true })
}

/**
 * The program that {@link openBrowser} would start, without starting it.
 *
 * @returns `undefined` where none is there.
 */
export function findBrowser(
  environment: NodeJS.ProcessEnv = process.env,
  platform: NodeJS.Platform = process.platform,
): string | undefined {
  const folders = (environment.PATH ?? '').split(delimiter)
  const isThere = (program: string) =>
    platform === 'win32' || folders.some(folder => isExecutable(join(folder, program))) || isExecutable(program)
  return openersFor(environment, platform).map(programOf).find(isThere)
}

async function run(opener: Opener, url: URL, environment: NodeJS.ProcessEnv): Promise<void> {
  const env = Object.fromEntries(Object.entries(environment).filter(([name]) => !secretNames.test(name)))
  const [program, ...args] = opener.some(part => part.includes('%s'))
    ? opener.map(part => part.replaceAll('%s', url.href))
    : [...opener, url.href]
  // Late: most who load this open no browser, and it takes as long to load as much of the rest.
  const { spawn } = await import('node:child_process')
  // Never through a shell: it would read the & of an address.
  const browser = spawn(program ?? '', args, { detached: true, stdio: 'ignore', env, shell: false })
  browser.unref()
  const settled = new AbortController()
  const timer = setTimeout(() => settled.abort(), settleMs)
  try {
    // `once` rejects with what `error` brings: the program is not there.
    const [code] = await once(browser, 'exit', { signal: settled.signal })
    if (code !== 0) throw new Error(`${program} ended with ${code}`)
  } catch (error) {
    if (!settled.signal.aborted) throw error
  } finally {
    clearTimeout(timer)
  }
}

function openersFor(environment: NodeJS.ProcessEnv, platform: NodeJS.Platform): readonly Opener[] {
  const { BROWSER, WSL_DISTRO_NAME, WSL_INTEROP } = environment
  const named = BROWSER ? namedOpeners(BROWSER, platform) : []
  if (named.length > 0) return named
  switch (platform) {
    case 'darwin':
      return [['open']]
    case 'win32':
      return [['rundll32', 'url.dll,FileProtocolHandler']]
    default:
      // In WSL the browser is one of Windows.
      return WSL_DISTRO_NAME || WSL_INTEROP
        ? [['wslview'], ['rundll32.exe', 'url.dll,FileProtocolHandler'], ['xdg-open']]
        : [['xdg-open'], ['x-www-browser']]
  }
}

// A list to try in order, each with its arguments, as desktops and other tools read it. On Windows a colon is part of a
// path, and so may be a space.
function namedOpeners(names: string, platform: NodeJS.Platform): readonly Opener[] {
  if (platform === 'win32' || isExecutable(names)) return [[names]]
  return names
    .split(':')
    .map(name => name.trim().split(/\s+/))
    .flatMap(([program, ...args]) => (program ? [[program, ...args] as const] : []))
}

function programOf([program]: Opener): string {
  return program
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
