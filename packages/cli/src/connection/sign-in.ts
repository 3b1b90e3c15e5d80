import { type ConnectOptions, connect, type Deps, OktaConnectError, type OktaSession } from '@connect-okta/core'
import { openBrowser } from '@connect-okta/core/sign-in'
import type { CallbackUrlPrompt, DeviceCodePrompt } from '@connect-okta/core/types'
import type { Io } from '../io.js'
import { type Progress, showCountdown } from '../output/progress.js'
import { styled, type Terminal } from '../output/terminal.js'
import type { OpenConnection } from './open-connection.js'

const defaultTimeoutMs = 5 * 60_000
const maxAddressBytes = 64 * 1024

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
  const shown: Progress[] = []
  let isSettled = false
  async function showWait(text: string, leftMs: number): Promise<void> {
    const progress = await showCountdown(text, leftMs, terminal)
    // The sign-in may end first.
    if (isSettled) progress[Symbol.dispose]()
    else shown.push(progress)
  }
  try {
    return await connect(options, { ...deps, ...prompts(terminal, flags, timeoutMs, showWait) })
  } finally {
    isSettled = true
    for (const progress of shown) progress[Symbol.dispose]()
  }
}

function prompts(
  terminal: Terminal,
  { browser = true }: SignInFlags,
  timeoutMs: number,
  showWait: (text: string, leftMs: number) => Promise<void>,
): Partial<Deps> {
  return {
    async showDeviceCode(prompt) {
      await showDeviceCode(prompt, terminal)
      await showWait('Enter the code on the other device', prompt.expiresAt.getTime() - terminal.io.now())
    },
    askCallbackUrl: prompt => askCallbackUrl(prompt, terminal),
    async openBrowser(url, signal) {
      // Without a browser the user needs the address, also with --quiet.
      const { io } = terminal
      const print = browser ? terminal.info : terminal.error
      print(browser ? 'Sign in with your browser. If it does not open, go to:' : 'To sign in, go to:')
      print(`  ${url.href}`)
      await showWait('Complete the sign-in in the browser', timeoutMs)
      if (!browser) return
      const { variables } = io.environment
      await (io.openBrowser?.(url, signal) ?? openBrowser(url, { signal, environment: variables }))
    },
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
    terminal.error(`The last page does not load. Copy its full address, which begins with ${redirectUri}?`)
  } else {
    terminal.error(problem)
  }
  const { stdin, interruption } = terminal.io
  if (stdin.readableEnded) return ''
  const { createInterface } = await import('node:readline/promises')
  const limit = limitedInput(stdin)
  const input = createInterface({ input: stdin, output: terminal.screen })
  // On a terminal, readline handles Ctrl+C.
  input.on('SIGINT', () => interruption.interrupt())
  try {
    // At Ctrl+D, or at the end of a pipe.
    const end = new Promise<string>(resolve => input.once('close', () => resolve('')))
    return await Promise.race([input.question('Address: ', { signal }), end, limit.isExceeded])
  } finally {
    limit[Symbol.dispose]()
    input.close()
  }
}

// An endless line would fill the memory.
function limitedInput(stdin: Io['stdin']): Disposable & { readonly isExceeded: Promise<never> } {
  let size = 0
  let count = (_chunk: Buffer): void => {}
  const isExceeded = new Promise<never>((_resolve, reject) => {
    count = chunk => {
      size += chunk.length
      if (size <= maxAddressBytes) return
      const hint = 'Paste the address of the last page in the browser, and press Enter.'
      reject(new OktaConnectError('options_invalid', 'The input on stdin is too long for an address.', { hint }))
    }
  })
  stdin.on('data', count)
  return { isExceeded, [Symbol.dispose]: () => void stdin.off('data', count) }
}
