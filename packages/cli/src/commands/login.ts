import { OktaConnectError, type OktaSession } from '@connect-okta/core'
import { quoted } from '@connect-okta/core/keys'
import { type ResolvedSettings, requireConnectOptions, type Settings } from '@connect-okta/core/profiles'
import { isLoginOf, type Login, listLogins } from '@connect-okta/core/stores'
import type { Command } from '../command.js'
import { FlagFault } from '../command-line/flag-fault.js'
import { type ConnectionFlags, cannotBeCombined, connectionFlags } from '../connection/connection-flags.js'
import { otherDefaultNote } from '../connection/default-sign-in.js'
import { openConnection, optionsOf } from '../connection/open-connection.js'
import { checkProfileName, saveSettings } from '../connection/save-profile.js'
import { signIn } from '../connection/sign-in.js'
import { parseDurationMs } from '../input/duration.js'
import { listFlag } from '../input/list-flag.js'
import { accountLabel } from '../output/account-label.js'
import { renderExpiry } from '../output/render-login.js'
import type { Terminal } from '../output/terminal.js'

export interface LoginFlags extends ConnectionFlags {
  readonly new: boolean
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
      describe: 'Print the sign-in URL instead of opening a browser',
    },
    device: {
      type: 'boolean',
      default: false,
      describe: 'Show a code to enter on another device. Requires a native app',
    },
    manual: {
      type: 'boolean',
      default: false,
      describe: 'Sign in with a browser on another machine, and paste the URL of the last page',
    },
    force: {
      type: 'boolean',
      default: false,
      describe: 'Sign in again, even if the stored token is valid. Okta asks users to authenticate again',
    },
    new: {
      type: 'boolean',
      default: false,
      describe: 'Set up another connection: prompt for all values, and ignore the default profile',
    },
    scopes: {
      ...connectionFlags.scopes,
      describe: 'The scopes of the token, separated by spaces or commas (default: okta.users.manage)',
    },
    timeout: {
      type: 'string',
      requiresArg: true,
      coerce: parseTimeoutMs,
      valueName: 'DURATION',
      isAdvanced: true,
      describe: 'How long to wait for the sign-in, such as 90s (default: 5m)',
    },
    'login-hint': {
      type: 'string',
      requiresArg: true,
      valueName: 'USER',
      isAdvanced: true,
      describe: 'The username to prefill on the sign-in page',
    },
    'redirect-uri': {
      ...listFlag,
      valueName: 'URI',
      isAdvanced: true,
      describe: 'A registered redirect URI, including the port. If repeated, the first one whose port is free is used',
    },
  },
  examples: [
    ['$0 login', 'Sign in. Prompts for missing values'],
    ['$0 login --tenant example.okta.com --client-id 0oa1… \\\n    --scopes okta.users.read', 'Sign in as a user'],
    [
      '$0 login --profile ci --tenant example.okta.com \\\n    --client-id 0oa1… --jwk-file key.json',
      'Connect as an app, and save the connection as the profile ci',
    ],
    ['$0 login --profile ci', 'Connect with the profile ci'],
    [
      '$0 login --profile ci --broker https://broker.example.com \\\n    --client deploy',
      'Connect through a broker, and save the connection as the profile ci',
    ],
  ],

  async run(flags, terminal) {
    if (flags.device && flags.manual) throw conflicting('--device', '--manual')
    if (flags.device && (flags.grant ?? 'device_code') !== 'device_code')
      throw conflicting('--device', `--grant ${flags.grant}`)
    if (flags.profile !== undefined) checkProfileName(flags.profile)
    const opened = await openConnection(flags, terminal, { mayBeNew: flags.profile !== undefined })
    const configured = withOwnFlags(flags.new ? withoutSaved(opened.settings) : opened.settings, flags)
    // If the store cannot be read, its next use reports that.
    const earlier = await listLogins(opened.deps).catch(() => [])
    const connectWith = async (settings: ResolvedSettings) =>
      await signIn(
        {
          ...requireConnectOptions(await optionsOf(settings, terminal)),
          ...(flags.manual && { manual: true }),
          ...(flags.timeout !== undefined && { timeoutMs: flags.timeout }),
          ...(settings.values.apiToken === undefined && { forceLogin: flags.force }),
          signal: terminal.signal,
        },
        opened,
        terminal,
        flags,
      )
    const asks = mustAsk(configured, flags.profile, terminal)
    const signedIn = asks
      ? await (await import('../connection/prompts/ask-and-sign-in.js')).askAndSignIn(
          configured,
          opened.deps,
          terminal,
          connectWith,
        )
      : { settings: configured, session: await connectWith(configured) }
    if (signedIn === undefined) return
    const { settings, session } = signedIn
    const login = (await listLogins(opened.deps)).find(one => isLoginOf(session, one))
    if (flags.json) terminal.answer(JSON.stringify(login ?? { orgUrl: session.orgUrl.origin, grant: session.grant }))
    else terminal.info(login === undefined ? notStored(session) : connected(session, login, earlier, terminal.io.now()))
    if (settings.values.store === 'memory') {
      terminal.info('note: The store "memory" ends with this command. Later commands are not signed in.')
    }
    const name = flags.profile ?? (asks ? await askName(settings.values, terminal) : undefined)
    if (name !== undefined) await saveSettings(name, settings, terminal)
    const isExplicit = flags.profile !== undefined || settings.values.store === 'memory'
    const note = login && !isExplicit && (await otherDefaultNote(login, name, terminal, opened.deps))
    if (note) terminal.info(note)
  },
}

async function askName(values: Settings, terminal: Terminal): Promise<string | undefined> {
  const { askProfileName } = await import('../connection/prompts/ask-profile-name.js')
  return await askProfileName(values, terminal)
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

// What --new ignores: everything but the flags, the store and the redirect URI of this environment.
function withoutSaved({ values, origins }: ResolvedSettings): ResolvedSettings {
  const isUsed = (name: string) =>
    /^(given|CONNECT_OKTA_(STORE|REDIRECT_URI))$/.test(origins[name as keyof Settings] ?? '')
  return { values: only(isUsed, values), origins: only(isUsed, origins), profile: undefined }
}

function only<T extends object>(isUsed: (name: string) => boolean, all: T): T {
  return Object.fromEntries(Object.entries(all).filter(([name]) => isUsed(name))) as T
}

/**
 * Returns whether the user is asked for settings.
 *
 * @throws `OktaConnectError` `options_invalid` if settings are missing, and there is no user to ask
 */
function mustAsk({ values, profile }: ResolvedSettings, given: string | undefined, { canPrompt }: Terminal): boolean {
  const missing = missingFlags(values)
  if (missing.length === 0) return false
  // The clients of a broker are in its configuration: there is nothing to check an answer with.
  if (canPrompt && values.broker === undefined) return true
  const isNew = given !== undefined && profile === undefined
  const reason = isNew ? `There is no profile named ${quoted(given)}. To create it, add` : 'Missing required options:'
  throw new OktaConnectError('options_invalid', `${reason} ${missing.join(' and ')}.`, {
    hint: isNew
      ? 'To list the profiles, run connect-okta profiles. In a terminal, connect-okta login prompts for missing options.'
      : 'Add them, or select a profile with --profile NAME. In a terminal, connect-okta login prompts for them. To create an app in Okta: ' +
        'https://connect-okta.github.io/connect-okta/okta-app',
  })
}

function conflicting(one: string, other: string): OktaConnectError {
  const hint = 'Use only one: --device, a browser, or a key or secret.'
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
    `${isStored ? 'Already connected' : 'Connected'} to ${orgUrl.host}${broker === undefined ? '' : ` through ${broker.host}`} as ${clientId}.${isStored ? ' To sign in again, add --force.' : ''}`,
    ...(account === undefined ? [] : [`Signed in as ${accountLabel(account)}.`]),
    `Scopes: ${login.grantedScopes.join(' ')}`,
    `The token ${renderExpiry(login.expiresAt, now)}.`,
  ].join('\n')
}

// A static API token, and the token of a client that has neither a key nor a secret, or whose token does not leave the broker.
function notStored({ orgUrl, broker, clientId }: OktaSession): string {
  return broker === undefined
    ? `The API token is valid at ${orgUrl.host}. Connect-Okta does not store it. Specify it with each command, or save the path of its file in a profile.`
    : `Connected to ${orgUrl.host} through ${broker.host} as ${clientId}. No token is stored. Each command requests one from the broker.`
}
