import { OktaConnectError, type OktaSession } from '@connect-okta/core'
import { type ResolvedSettings, requireConnectOptions, type Settings } from '@connect-okta/core/profiles'
import { accountName, isLoginOf, type Login, listLogins } from '@connect-okta/core/stores'
import type { Command } from '../command.js'
import { FlagFault } from '../command-line/flag-fault.js'
import { type ConnectionFlags, cannotBeCombined } from '../connection/connection-flags.js'
import { openConnection, optionsOf } from '../connection/open-connection.js'
import { checkProfileName, saveSettings } from '../connection/save-profile.js'
import { signIn } from '../connection/sign-in.js'
import { parseDurationMs } from '../input/duration.js'
import { listFlag } from '../input/list-flag.js'
import { renderExpiry } from '../output/render-login.js'
import type { Terminal } from '../output/terminal.js'

interface LoginFlags extends ConnectionFlags {
  readonly browser: boolean
  readonly device: boolean
  readonly manual: boolean
  readonly redirectUri: readonly string[] | undefined
  readonly loginHint: string | undefined
  readonly force: boolean
  readonly timeout: number | undefined
}

/** `connect-okta login`: signs in, and stores the token. */
export const command: Command<LoginFlags> = {
  hasConnectionFlags: true,
  options: {
    browser: {
      type: 'boolean',
      default: true,
      describe: '--no-browser prints the address instead of opening a browser',
    },
    device: {
      type: 'boolean',
      default: false,
      describe: 'Sign in on another device, with a code; only for native apps',
    },
    manual: {
      type: 'boolean',
      default: false,
      describe: 'Paste the address of the last page in the browser: over SSH, in a container',
    },
    'redirect-uri': {
      ...listFlag,
      describe: 'A redirect URI as registered with the app, port included; of several, the first with a free port',
    },
    'login-hint': { type: 'string', requiresArg: true, describe: 'The user name to fill in' },
    force: {
      type: 'boolean',
      default: false,
      describe: 'Sign in again even if a valid token is stored; a user has to enter the password',
    },
    timeout: {
      type: 'string',
      requiresArg: true,
      coerce: parseTimeoutMs,
      describe: 'The maximum time for the sign-in: 90s, 5m (default)',
    },
  },
  examples: [
    ['$0 login', 'Asks for what is missing'],
    [
      '$0 login --tenant example.okta.com --client-id 0oa1… --scopes okta.users.read',
      'Sign in as a user, in the browser',
    ],
    [
      '$0 login --profile ci --tenant example.okta.com --client-id 0oa1… --jwk-file key.json',
      'Sign in as an app; saved as ci',
    ],
    ['$0 login --profile ci', 'Sign in with the profile ci'],
    ['$0 login --profile ci --broker https://broker.example.com --client deploy', 'Save a broker as the profile ci'],
  ],

  async run(flags, terminal) {
    if (flags.device && flags.manual) throw conflicting('--device', '--manual')
    if (flags.device && (flags.grant ?? 'device_code') !== 'device_code')
      throw conflicting('--device', `--grant ${flags.grant}`)
    if (flags.profile !== undefined) checkProfileName(flags.profile)
    const opened = await openConnection(flags, terminal, { mayBeNew: flags.profile !== undefined })
    const settings = await completed(withOwnFlags(opened.settings, flags), opened.deps, terminal)
    const options = requireConnectOptions(await optionsOf(settings, terminal))
    // If the store cannot be read, its next use reports that.
    const earlier = await listLogins(opened.deps).catch(() => [])
    const session = await signIn(
      {
        ...options,
        ...(flags.manual && { manual: true }),
        ...(flags.timeout !== undefined && { timeoutMs: flags.timeout }),
        ...(!('apiToken' in options) && { forceLogin: flags.force }),
        signal: terminal.signal,
      },
      opened,
      terminal,
      flags,
    )
    if (flags.profile !== undefined) await saveSettings(flags.profile, settings, terminal)
    const login = (await listLogins(opened.deps)).find(one => isLoginOf(session, one))
    if (flags.json)
      return terminal.answer(JSON.stringify(login ?? { orgUrl: session.orgUrl.origin, grant: session.grant }))
    terminal.info(login === undefined ? notStored(session) : connected(session, login, earlier, terminal.io.now()))
  },
}

function parseTimeoutMs(text: string): number {
  const timeoutMs = parseDurationMs(text)
  if (timeoutMs > 0 && timeoutMs <= 3_600_000) return timeoutMs
  throw new FlagFault('Use 1s to 1h.')
}

// The flags that only login has.
function withOwnFlags({ values, origins, ...rest }: ResolvedSettings, flags: LoginFlags): ResolvedSettings {
  const { redirectUri, loginHint, device } = flags
  const own: Settings = {
    ...(redirectUri !== undefined && { redirectUri }),
    ...(loginHint !== undefined && { loginHint }),
    ...(device && { grant: 'device_code' }),
    // --manual needs the browser, also with a profile for another device.
    ...(flags.manual && values.grant === 'device_code' && { grant: 'authorization_code' }),
  }
  const given = Object.fromEntries(Object.keys(own).map(name => [name, 'given']))
  return { ...rest, values: { ...values, ...own }, origins: { ...origins, ...given } }
}

async function completed(settings: ResolvedSettings, deps: object, terminal: Terminal): Promise<ResolvedSettings> {
  const { values } = settings
  const missing = missingFlags(values)
  if (missing.length === 0) return settings
  // The clients of a broker are in its configuration: there is nothing to check an answer with.
  if (terminal.canPrompt && values.broker === undefined) {
    const { askConnection } = await import('../connection/prompts/ask-connection.js')
    return { ...settings, values: await askConnection(settings, deps, terminal) }
  }
  throw new OktaConnectError('options_invalid', `Missing required options: ${missing.join(' and ')}.`, {
    hint: 'Add them, or select a profile that has them with --profile. On a terminal, login asks for them.',
  })
}

function conflicting(one: string, other: string): OktaConnectError {
  const hint = 'Use one of them: a code on another device, the browser, or a key or secret without a user.'
  return cannotBeCombined(one, other, hint)
}

function missingFlags({ tenant, broker, clientId, apiToken }: Settings): readonly string[] {
  if (broker !== undefined) return clientId === undefined ? ['--client'] : []
  return [
    ...(tenant === undefined ? ['--tenant'] : []),
    ...(clientId === undefined && apiToken === undefined ? ['--client-id'] : []),
  ]
}

function connected(
  { orgUrl, broker, clientId }: OktaSession,
  login: Login,
  earlier: readonly Login[],
  now: number,
): string {
  const { account, recordKey, obtainedAt } = login
  const isStored = earlier.some(one => one.recordKey === recordKey && one.obtainedAt.getTime() === obtainedAt.getTime())
  return [
    `Connected to ${orgUrl.host}${broker === undefined ? '' : ` through ${broker.host}`} as ${clientId}${isStored ? ' already; --force signs in again.' : '.'}`,
    ...(account === undefined ? [] : [`Signed in as ${accountName(account)}.`]),
    `Scopes: ${login.grantedScopes.join(' ')}`,
    `The token ${renderExpiry(login.expiresAt, now)}.`,
  ].join('\n')
}

// A static API token, and the token of a client that has neither a key nor a secret, or whose token does not leave the broker.
function notStored({ orgUrl, broker, clientId }: OktaSession): string {
  return broker === undefined
    ? `${orgUrl.host} accepts the API token. It is not stored: specify it with each command, or save its file in a profile.`
    : `Connected to ${orgUrl.host} through ${broker.host} as ${clientId}. No token is stored: each command asks the broker for one.`
}
