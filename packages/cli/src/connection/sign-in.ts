import { type ConnectOptions, connect, type Deps, OktaConnectError, type OktaSession } from '@connect-okta/core'
import { openBrowser } from '@connect-okta/core/sign-in'
import type { CallbackUrlPrompt, DeviceCodePrompt } from '@connect-okta/core/types'
import type { Io } from '../io.js'
import { type Progress, showCountdown } from '../output/progress.js'
import { styled, type Terminal } from '../output/terminal.js'
import type { OpenConnection } from './open-connection.js'

const defaultTimeoutMs = 5 * 60_000
const maxAddressBytes = 64 * 1024

/** How a person signs in. */
interface Ways {
  /** Whether to open a browser, or only to say what it would be sent to. */
  readonly browser?: boolean
}

/** Connects, and shows a person what they have to do, and how long it may take. */
export async function signIn(
  options: ConnectOptions,
  { deps }: Pick<OpenConnection, 'deps'>,
  terminal: Terminal,
  ways: Ways = {},
): Promise<OktaSession> {
  const timeoutMs = ('timeoutMs' in options ? options.timeoutMs : undefined) ?? defaultTimeoutMs
  const shown: Progress[] = []
  let isOver = false
  async function wait(text: string, leftMs: number): Promise<void> {
    const progress = await showCountdown(text, leftMs, terminal)
    // The sign-in may end before the line is shown.
    if (isOver) progress[Symbol.dispose]()
    else shown.push(progress)
  }
  try {
    return await connect(options, { ...deps, ...prompts(terminal, ways, timeoutMs, wait) })
  } finally {
    isOver = true
    for (const waiting of shown) waiting[Symbol.dispose]()
  }
}

function prompts(
  terminal: Terminal,
  { browser = true }: Ways,
  timeoutMs: number,
  wait: (text: string, leftMs: number) => Promise<void>,
): Partial<Deps> {
  return {
    async showDeviceCode(prompt) {
      await showDeviceCode(prompt, terminal)
      await wait('Enter the code on the other device', prompt.expiresAt.getTime() - terminal.io.now())
    },
    askCallbackUrl: prompt => askForAddress(prompt, terminal),
    async openBrowser(url, signal) {
      // Also at --quiet: nobody can sign in at an address that they do not see.
      const { io } = terminal
      const tell = browser ? terminal.info : terminal.error
      tell(browser ? 'Sign in, in the browser. If none opens, go to:' : 'To sign in, go to:')
      tell(`  ${url.href}`)
      await wait('Waiting for the sign-in in the browser', timeoutMs)
      if (browser) await (io.openBrowser?.(url, signal) ?? openBrowser(url, { signal, environment: io.env }))
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
  // Light modules are what a terminal draws: most are dark. Readers know both.
  const lines = renderUnicodeCompact(verificationUriComplete, { border: 2 }).split('\n')
  if ((lines[0]?.length ?? 0) >= terminal.columns) return
  terminal.info(`Or scan:\n${lines.map(line => `  ${line}`).join('\n')}\n`)
}

async function askForAddress(
  { authorizationUrl, redirectUri, problem, signal }: CallbackUrlPrompt,
  terminal: Terminal,
): Promise<string> {
  if (problem === undefined) {
    terminal.error(`To sign in, open in any browser:\n  ${authorizationUrl.href}`)
    terminal.error(`It ends at a page that cannot be shown. Copy its whole address, ${redirectUri}?…`)
  } else {
    terminal.error(problem)
  }
  const { stdin, interruption } = terminal.io
  if (stdin.readableEnded) return ''
  const { createInterface } = await import('node:readline/promises')
  const limit = limitedInput(stdin)
  const input = createInterface({ input: stdin, output: terminal.screen })
  // On a terminal, the prompt sees Ctrl+C in our place.
  input.on('SIGINT', () => interruption.interrupt())
  try {
    // Ctrl+D, or the end of what is piped in, is no address.
    const end = new Promise<string>(resolve => input.once('close', () => resolve('')))
    return await Promise.race([input.question('Address: ', { signal }), end, limit.isExceeded])
  } finally {
    limit[Symbol.dispose]()
    input.close()
  }
}

// A line without end would fill the memory.
function limitedInput(stdin: Io['stdin']): Disposable & { readonly isExceeded: Promise<never> } {
  let size = 0
  let count = (_chunk: Buffer): void => {}
  const isExceeded = new Promise<never>((_resolve, reject) => {
    count = chunk => {
      size += chunk.length
      if (size <= maxAddressBytes) return
      const hint = 'Paste the address of the page that the browser ended at, and press Enter.'
      reject(new OktaConnectError('options_invalid', 'The input on stdin is too long for an address.', { hint }))
    }
  })
  stdin.on('data', count)
  return { isExceeded, [Symbol.dispose]: () => void stdin.off('data', count) }
}
