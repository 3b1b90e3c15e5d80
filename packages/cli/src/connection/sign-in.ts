import {
  type ConnectOptions,
  connect,
  type Deps,
  isOktaConnectError,
  OktaConnectError,
  type OktaSession,
} from '@connect-okta/core'
import { openBrowser } from '@connect-okta/core/sign-in'
import type { CallbackUrlPrompt, DeviceCodePrompt } from '@connect-okta/core/types'
import { noProgress, type Progress, showCountdown } from '../output/progress.js'
import { styled, type Terminal } from '../output/terminal.js'
import { isJob, useKey } from './job.js'
import type { OpenConnection } from './open-connection.js'

const defaultTimeoutMs = 5 * 60_000

/** How a user signs in. */
interface SignInFlags {
  /** Whether to open a browser, or only to print the address. Default: true. */
  readonly browser?: boolean
}

/** Connects. Prints what the user has to do, and shows the time that is left. */
export async function signIn(
  options: ConnectOptions,
  { deps }: Pick<OpenConnection, 'deps'>,
  terminal: Terminal,
  flags: SignInFlags = {},
): Promise<OktaSession> {
  const timeoutMs = ('timeoutMs' in options ? options.timeoutMs : undefined) ?? defaultTimeoutMs
  const end = new AbortController()
  try {
    return await connect(options, { ...deps, ...prompts(terminal, flags, timeoutMs, end.signal) })
  } finally {
    end.abort()
  }
}

/** @param end fires when the sign-in has ended. */
function prompts(
  terminal: Terminal,
  { browser = true }: SignInFlags,
  timeoutMs: number,
  end: AbortSignal,
): Partial<Deps> {
  const showWait = (leftMs: number) => showUntil(end, 'Complete the sign-in in the browser', leftMs, terminal)
  return {
    async showDeviceCode(prompt) {
      await showDeviceCode(prompt, terminal)
      const leftMs = prompt.expiresAt.getTime() - terminal.io.now()
      await showUntil(end, 'Enter the code on the other device', leftMs, terminal)
    },
    askCallbackUrl: prompt => askCallbackUrl(prompt, terminal),
    async openBrowser(url, signal) {
      if (browser) {
        terminal.info(`Sign in with your browser. If it does not open, go to:\n  ${url.href}`)
        const progress = await showWait(timeoutMs)
        const problem = await openIn(url, signal, terminal)
        if (problem === undefined) return
        progress[Symbol.dispose]()
        if (isJob(terminal)) throw noUser(problem)
        terminal.error(`warning: ${problem}`)
      }
      // Without a browser the user needs the address, also with --quiet.
      if (!browser || terminal.options.quiet) terminal.error(`To sign in, go to:\n  ${url.href}`)
      const redirectUri = url.searchParams.get('redirect_uri')
      if (!terminal.canPrompt || redirectUri === null) {
        if (browser) terminal.error(otherMachine)
        return void (await showWait(timeoutMs))
      }
      const { pasteCallback } = await import('./prompts/paste-callback.js')
      await pasteCallback(redirectUri, signal ?? end, end, terminal)
      await showWait(timeoutMs)
    },
  }
}

function noUser(problem: string): OktaConnectError {
  return new OktaConnectError('login_required', `No user can sign in here, because this is a CI job. ${problem}`, {
    hint: `${useKey} If a user can open the URL, add --no-browser.`,
  })
}

const otherMachine =
  'Open the URL in a browser on this machine. For a browser on another machine, use --manual, or --device with a native app.'

// Removes the line when the sign-in has ended.
async function showUntil(end: AbortSignal, text: string, leftMs: number, terminal: Terminal): Promise<Progress> {
  if (end.aborted) return noProgress
  const progress = await showCountdown(text, leftMs, terminal)
  if (end.aborted) progress[Symbol.dispose]()
  else end.addEventListener('abort', () => progress[Symbol.dispose]())
  return progress
}

/** @returns why no browser could be opened. */
async function openIn(url: URL, signal: AbortSignal | undefined, { io }: Terminal): Promise<string | undefined> {
  try {
    await (io.openBrowser?.(url, signal) ?? openBrowser(url, { signal, environment: io.environment.variables }))
    return undefined
  } catch (error) {
    if (isOktaConnectError(error) && error.code === 'browser_failed') return error.message
    throw error
  }
}

async function showDeviceCode(
  { verificationUri, verificationUriComplete, userCode }: DeviceCodePrompt,
  terminal: Terminal,
): Promise<void> {
  terminal.error(`To sign in, go to ${verificationUri} and enter the code:\n\n  `, styled('bold', userCode), '\n')
  if (!terminal.canAnimate || verificationUriComplete === undefined) return
  const { renderUnicodeCompact } = await import('uqr')
  // The light modules are drawn, because most terminals are dark. Readers accept both.
  const lines = renderUnicodeCompact(verificationUriComplete, { border: 2 }).split('\n')
  if ((lines[0]?.length ?? 0) >= terminal.columns) return
  terminal.info(`Or scan:\n${lines.map(line => `  ${line}`).join('\n')}\n`)
}

async function askCallbackUrl(
  { authorizationUrl, redirectUri, problem, signal }: CallbackUrlPrompt,
  terminal: Terminal,
): Promise<string> {
  if (problem === undefined) {
    terminal.error(`To sign in, open in any browser:\n  ${authorizationUrl.href}`)
    terminal.error(`The last page does not load. Copy its full URL (${redirectUri}?code=…), and paste it here:`)
  } else {
    terminal.error(problem)
  }
  const { askUrl } = await import('./prompts/ask-url.js')
  return await askUrl('URL: ', signal, terminal)
}
