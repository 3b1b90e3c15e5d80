import { once } from 'node:events'
import { accessSync, constants, existsSync, statSync } from 'node:fs'
import { delimiter, isAbsolute, join, win32 } from 'node:path'
import { withoutOwnVariables } from '../environment.js'
import { OktaConnectError } from '../errors.js'
import { type RedirectFile, writeRedirectFile } from './redirect-file.js'

/** A program that fails to start ends within this time; a browser runs longer. */
const settleMs = 1_000
// Longer than a browser takes to start on a slow machine.
const maxFileLifetimeMs = 60_000

// Of BROWSER, and of the Exec key of desktop entries.
const placeholder = /%[sSuU]/
const placeholders = /%[sSuU]/g

/** A program that opens a URL, and its arguments. `%s` or `%u` is replaced by the URL. */
type Opener = readonly [program: string, ...args: string[]]

/** Options of {@link openBrowser}. */
export interface BrowserOptions {
  /** Aborted when the sign-in has ended. The temporary file of the browser is then removed. */
  readonly signal?: AbortSignal | undefined
  /** The environment variables. `BROWSER` names programs to try, as for other tools. Default: those of the process. */
  readonly environment?: NodeJS.ProcessEnv
  /** Default: the platform of the process. */
  readonly platform?: NodeJS.Platform
}

/**
 * Opens a URL in the default browser. The browser opens a temporary file that redirects to the URL and that only this user can read,
 * because other users could read the URL in the arguments of a program. The file is removed when the sign-in has ended, when the process ends, or after
 * a minute.
 *
 * @throws {@link OktaConnectError} `browser_failed` if there is no browser, or if it fails immediately
 * @see https://man.archlinux.org/man/xdg-open.1, https://wslutiliti.es/wslu/man/wslview.html
 * @example
 * await openBrowser(new URL('https://example.okta.com'))
 */
export async function openBrowser(
  url: URL,
  { signal, environment = process.env, platform = process.platform }: BrowserOptions = {},
): Promise<void> {
  const openers = openersFor(environment, platform)
  const opened = acceptsUrl(openers, environment, platform) ? undefined : await redirectFileFor(url, environment)
  let cause: unknown
  for (const opener of openers) {
    try {
      await run(opener, opened?.url ?? url, environment)
      if (opened !== undefined) removeFileLater(opened, signal)
      return
    } catch (error) {
      cause = error
    }
  }
  opened?.remove()
  throw new OktaConnectError('browser_failed', `No browser could be opened (${openers.map(programOf).join(', ')}).`, {
    hint: 'Set the environment variable BROWSER to a browser, or open the sign-in URL yourself.',
    remedy: { id: 'sign_in_elsewhere' },
    cause,
  })
}

// On Windows, only the user of a process can read its arguments. The helper of VS Code opens the browser of another machine,
// which has no such file.
function acceptsUrl([first]: readonly Opener[], environment: NodeJS.ProcessEnv, platform: NodeJS.Platform): boolean {
  const isForwarded =
    environment.VSCODE_IPC_HOOK_CLI !== undefined && /[/]helpers[/]browser\.sh$/.test(first?.[0] ?? '')
  // A Windows program that WSL starts cannot read a file of Linux.
  const isOfWindows = /\.exe$/i.test(first?.[0] ?? '') || first?.[0] === 'wslview'
  return platform === 'win32' || isOfWindows || isForwarded
}

async function redirectFileFor(url: URL, { HOME }: NodeJS.ProcessEnv): Promise<RedirectFile> {
  // https://snapcraft.io/docs/home-interface: a snap may read files in the home folder whose names do not start with a dot.
  const isSnap = HOME !== undefined && isAbsolute(HOME) && existsSync('/snap/bin')
  return await writeRedirectFile(url, isSnap ? HOME : undefined)
}

function removeFileLater({ remove }: RedirectFile, signal: AbortSignal | undefined): void {
  const timer = setTimeout(remove, maxFileLifetimeMs).unref()
  const end = () => {
    clearTimeout(timer)
    remove()
  }
  if (signal?.aborted) end()
  else signal?.addEventListener('abort', end, { once: true })
}

/**
 * Returns the program that {@link openBrowser} would start.
 *
 * @returns `undefined` if there is none.
 */
export function findBrowser(
  environment: NodeJS.ProcessEnv = process.env,
  platform: NodeJS.Platform = process.platform,
): string | undefined {
  const folders = (environment.PATH ?? '').split(delimiter)
  const exists = (program: string) =>
    platform === 'win32' || folders.some(folder => isExecutable(join(folder, program))) || isExecutable(program)
  return openersFor(environment, platform).map(programOf).find(exists)
}

async function run(named: Opener, url: URL, environment: NodeJS.ProcessEnv): Promise<void> {
  const opener = named.map(part => part.replace(/^(~|\$HOME|\$\{HOME\})(?=\/)/, environment.HOME ?? '$1'))
  const env = withoutOwnVariables(environment)
  const [program, ...args] = opener.some(part => placeholder.test(part))
    ? opener.map(part => part.replaceAll(placeholders, () => url.href))
    : [...opener, url.href]
  // Loaded when it is needed: it takes long, and most programs open no browser.
  const { spawn } = await import('node:child_process')
  // Not through a shell, which would interpret the & of a URL.
  const browser = spawn(program ?? '', args, { detached: true, stdio: 'ignore', env, shell: false })
  browser.unref()
  const settled = new AbortController()
  const timer = setTimeout(() => settled.abort(), settleMs)
  try {
    // `once` rejects if the program cannot be started.
    const [code] = await once(browser, 'exit', { signal: settled.signal })
    if (code !== 0) throw new Error(`${program} ended with ${code}`)
  } catch (error) {
    if (!settled.signal.aborted) throw error
  } finally {
    clearTimeout(timer)
  }
}

function openersFor(environment: NodeJS.ProcessEnv, platform: NodeJS.Platform): readonly Opener[] {
  const { BROWSER, SystemRoot = 'C:\\Windows', WSL_DISTRO_NAME, WSL_INTEROP } = environment
  const named = BROWSER ? namedOpeners(BROWSER, platform) : []
  if (named.length > 0) return named
  switch (platform) {
    case 'darwin':
      return [['open']]
    case 'win32':
      // By its path, because Windows would first search the current folder: Node 20 does not turn this off.
      return [[win32.join(SystemRoot, 'System32', 'rundll32.exe'), 'url.dll,FileProtocolHandler']]
    default:
      // In WSL, the browser is a Windows program.
      return WSL_DISTRO_NAME || WSL_INTEROP
        ? [['wslview'], ['rundll32.exe', 'url.dll,FileProtocolHandler'], ['xdg-open']]
        : [['xdg-open'], ['x-www-browser']]
  }
}

/**
 * Reads `BROWSER`: a list of programs with arguments, separated by colons, as other tools read it. A path with spaces may be in
 * quotes or escaped. On Windows it is one program, whose path may contain colons and spaces.
 */
function namedOpeners(names: string, platform: NodeJS.Platform): readonly Opener[] {
  const isWindows = platform === 'win32'
  if (isExecutable(names) || (isWindows && !/^\s*"/.test(names))) return [[names.trim()]]
  return commandsIn(names, isWindows)
    .map(words => unquotedCommand(words, isWindows))
    .map(withSpaces)
    .flatMap(([program, ...args]) => (program ? [[program, ...args.filter(arg => arg !== '&')] as const] : []))
}

function commandsIn(names: string, isWindows: boolean): readonly (readonly string[])[] {
  const commands: string[][] = [[]]
  // Separators, or words: of quoted parts, escaped characters, and others.
  const parts = isWindows ? /[^\s"]*"[^"]*"|[^\s"]+/g : /:|(?:"[^"]*"|'[^']*'|\\.|[^\s:"'\\])+|\s+/g
  for (const [part] of names.matchAll(parts)) {
    if (part === ':') commands.push([])
    else if (part.trim() !== '')
      commands.at(-1)?.push(part.replace(/"([^"]*)"|'([^']*)'|\\(.)/g, isWindows ? '$1' : '$1$2$3'))
  }
  return commands
}

// An env file leaves quotes around the whole command.
function unquotedCommand(words: readonly string[], isWindows: boolean): readonly string[] {
  const [command = '', ...others] = words
  const isWhole = others.length === 0 && /\s/.test(command) && !isExecutable(command)
  return isWhole ? (commandsIn(command, isWindows)[0] ?? words) : words
}

// An unquoted path with spaces: the first words that form the path of a program.
function withSpaces(words: readonly string[]): readonly string[] {
  if (!isAbsolute(words[0] ?? '')) return words
  const count = words.findIndex((_word, index) => isExecutable(words.slice(0, index + 1).join(' '))) + 1
  return count > 1 ? [words.slice(0, count).join(' '), ...words.slice(count)] : words
}

function programOf([program]: Opener): string {
  return program
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return statSync(path).isFile()
  } catch {
    return false
  }
}
