import type { CallbackUrlPrompt, ConnectOptions } from '@connect-okta/core'
import type { Argv } from 'yargs'
import { type ConnectionFlags, readConnection, withConnectionFlags } from '../connection-flags.js'
import { parseDurationMs } from '../duration.js'
import type { Terminal } from '../terminal.js'

interface LoginFlags extends ConnectionFlags {
  readonly browser: boolean
  readonly device: boolean
  readonly manual: boolean
  readonly redirectUri: string | undefined
  readonly loginHint: string | undefined
  readonly force: boolean
  readonly timeout: number | undefined
}

/** `connect-okta login`: connects and stores. */
export function addLogin(yargs: Argv<{ store: string; json: boolean }>, terminal: Terminal) {
  return yargs.command(
    'login',
    'Sign in to an Okta org, in the browser or with a key',
    y =>
      withConnectionFlags(y)
        .demandOption(['tenant', 'client-id'])
        .options({
          browser: { type: 'boolean', default: true, describe: '--no-browser shows the address instead' },
          device: {
            type: 'boolean',
            default: false,
            describe: 'Sign in on another device, by a code; native apps only',
          },
          manual: {
            type: 'boolean',
            default: false,
            describe: 'Paste the address that the browser ends at: over SSH, in a container',
          },
          'redirect-uri': { type: 'string', requiresArg: true, describe: 'As registered with the app, port included' },
          'login-hint': { type: 'string', requiresArg: true, describe: 'The user name to fill in' },
          force: {
            type: 'boolean',
            default: false,
            describe: 'Log in anew even if connected; a person is asked for the password',
          },
          timeout: {
            type: 'string',
            requiresArg: true,
            coerce: parseDurationMs,
            describe: 'How long to wait for the sign-in: 90s, 5m',
          },
        })
        .example(
          '$0 login --tenant example.okta.com --client-id 0oa1… --scopes okta.users.read',
          'A person, in the browser',
        )
        .example(
          '$0 login --tenant example.okta.com --client-id 0oa1… --scopes okta.users.read --jwk-file key.json',
          'A service',
        ),
    argv => login(argv, terminal),
  )
}

async function login(flags: LoginFlags, terminal: Terminal): Promise<void> {
  const { connect, listLogins, openBrowser, openStore } = await import('@connect-okta/core')
  const { renderExpiry } = await import('../render.js')
  const startedAt = Date.now()
  const store = openStore(flags.store, terminal.notice)
  const { redirectUri, loginHint, force: forceLogin, timeout: timeoutMs } = flags
  const options = {
    ...(await readConnection(flags, terminal.signal)),
    ...(redirectUri !== undefined && { redirectUri }),
    ...(loginHint !== undefined && { loginHint }),
    ...(timeoutMs !== undefined && { timeoutMs }),
    ...(flags.device && { grant: 'device_code' }),
    ...(flags.manual && { manual: true }),
    forceLogin,
    signal: terminal.signal,
  }
  const session = await connect(options as ConnectOptions, {
    store,
    notify: terminal.notice,
    showDeviceCode({ verificationUri, userCode }) {
      terminal.say(`To sign in, go to ${verificationUri} and enter the code:\n\n  ${userCode}\n`)
    },
    askCallbackUrl: prompt => askForAddress(prompt, terminal),
    async openBrowser(url) {
      terminal.say(flags.browser ? 'Sign in, in the browser. If none opens, go to:' : 'To sign in, go to:')
      terminal.say(`  ${url.href}`)
      if (flags.browser) await openBrowser(url)
    },
  })
  const [login] = await listLogins({ store })
  if (login === undefined) throw new Error('the login that was just made is not listed')
  if (flags.json) return terminal.answer(JSON.stringify(login))
  terminal.say(
    [
      login.obtainedAt.getTime() < startedAt
        ? `Connected to ${session.orgUrl.host} as ${session.clientId} already; --force logs in anew.`
        : `Connected to ${session.orgUrl.host} as ${session.clientId}.`,
      `Scopes: ${login.grantedScopes.join(' ')}`,
      `The token ${renderExpiry(login.expiresAt, Date.now())}.`,
    ].join('\n'),
  )
}

async function askForAddress(
  { authorizationUrl, redirectUri, problem, signal }: CallbackUrlPrompt,
  terminal: Terminal,
): Promise<string> {
  if (problem === undefined) {
    terminal.say(`To sign in, open in any browser:\n  ${authorizationUrl.href}`)
    terminal.say(`It ends at a page that cannot be shown. Copy its whole address, ${redirectUri}?…`)
  } else {
    terminal.say(problem)
  }
  if (process.stdin.readableEnded) return ''
  const { createInterface } = await import('node:readline/promises')
  const input = createInterface({ input: process.stdin, output: process.stderr })
  // On a terminal, the prompt sees Ctrl+C in our place.
  input.on('SIGINT', () => process.kill(process.pid, 'SIGINT'))
  try {
    // Ctrl+D, or the end of what is piped in, is no address.
    const end = new Promise<string>(resolve => input.once('close', () => resolve('')))
    return await Promise.race([input.question('Address: ', { signal }), end])
  } finally {
    input.close()
  }
}
