import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { OktaConnectError } from './errors.js'

/** Long enough for a missing program or display to show; a browser that lives on for longer has opened. */
const settleMs = 1_000
// What the browser has no use for, and what must not be found in its environment.
const secretNames = /^(CONNECT_OKTA_|OKTA_CLIENT_)/

/**
 * Opens the person's browser.
 *
 * @param environment `BROWSER`, where it is set, names the program, as it does for other tools.
 * @throws {@link OktaConnectError} `browser_failed` when there is none, or it ends with a failure at once.
 */
export async function openBrowser(url: URL, environment: NodeJS.ProcessEnv = process.env): Promise<void> {
  const [command, ...args] = commandFor(environment)
  const env = Object.fromEntries(Object.entries(environment).filter(([name]) => !secretNames.test(name)))
  const browser = spawn(command, [...args, url.href], { detached: true, stdio: 'ignore', env, shell: false })
  browser.unref()
  const settled = new AbortController()
  const timer = setTimeout(() => settled.abort(), settleMs)
  try {
    // `once` rejects with what `error` brings: the program is not there.
    const [code] = await once(browser, 'exit', { signal: settled.signal })
    if (code !== 0) throw new Error(`it ended with ${code}`)
  } catch (cause) {
    if (settled.signal.aborted) return
    throw new OktaConnectError('browser_failed', `The browser (${command}) could not be opened.`, {
      hint: 'Name another one with BROWSER, or have the address shown instead: --no-browser',
      cause,
    })
  } finally {
    clearTimeout(timer)
  }
}

function commandFor({ BROWSER, WSL_DISTRO_NAME }: NodeJS.ProcessEnv): [string, ...string[]] {
  if (BROWSER) return [BROWSER]
  switch (process.platform) {
    case 'darwin':
      return ['open']
    case 'win32':
      // Not `start`: a shell would read the & of a URL.
      return ['rundll32', 'url.dll,FileProtocolHandler']
    default:
      return [WSL_DISTRO_NAME ? 'wslview' : 'xdg-open']
  }
}
