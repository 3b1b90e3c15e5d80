import { type ConnectOptions, OktaConnectError, type OktaSession } from '@connect-okta/core'
import { connectOptionsOf, type ResolvedSettings, type Settings, saveProfile } from '@connect-okta/core/profiles'
import { type Login, listLogins } from '@connect-okta/core/stores'
import type { Command } from '../command.js'
import type { ConnectionFlags } from '../connection/connection-flags.js'
import { openConnection } from '../connection/open-connection.js'
import { signIn } from '../connection/sign-in.js'
import { absolutePath } from '../input/absolute-path.js'
import { parseDurationMs } from '../input/duration.js'
import { renderAccount } from '../output/render-account.js'
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

/** `connect-okta login`: connects and stores. */
export const command: Command<LoginFlags> = {
  isAboutConnection: true,
  options: {
    browser: { type: 'boolean', default: true, describe: '--no-browser shows the address instead' },
    device: { type: 'boolean', default: false, describe: 'Sign in on another device, by a code; native apps only' },
    manual: {
      type: 'boolean',
      default: false,
      describe: 'Paste the address that the browser ends at: over SSH, in a container',
    },
    'redirect-uri': {
      type: 'string',
      array: true,
      requiresArg: true,
      describe: 'As registered with the app, port included; of several, the first that is free',
    },
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
      describe: 'How long to wait for the sign-in: 90s, 5m (unless said)',
    },
  },
  examples: [
    ['$0 login', 'Asks for what it has to know'],
    ['$0 login --tenant example.okta.com --client-id 0oa1… --scopes okta.users.read', 'A person, in the browser'],
    ['$0 login --profile ci --tenant example.okta.com --client-id 0oa1… --jwk-file key.json', 'A program; saved as ci'],
    ['$0 login --profile ci', 'The same again'],
  ],

  async run(flags, terminal) {
    if (flags.device && flags.manual) throw twoWays('--device', '--manual')
    if (flags.device && (flags.grant ?? 'device_code') !== 'device_code')
      throw twoWays('--device', `--grant ${flags.grant}`)
    const opened = await openConnection(flags, terminal, { mayBeNew: flags.profile !== undefined })
    const settings = await completed(withOwnFlags(opened.settings, flags), opened.deps, terminal)
    const options = await connectOptionsOf(settings, { notify: terminal.notice })
    // A store that cannot be read fails at its next use, which reports it.
    const earlier = await listLogins(opened.deps).catch(() => [])
    const session = await signIn(
      {
        ...options,
        ...(flags.manual && { manual: true }),
        ...(flags.timeout !== undefined && { timeoutMs: flags.timeout }),
        ...(!('apiToken' in options) && { forceLogin: flags.force }),
        signal: terminal.signal,
      } as ConnectOptions,
      opened,
      terminal,
      flags,
    )
    if (flags.profile !== undefined) await saveAs(flags.profile, settings, terminal)
    const [login] = session.grant === 'api_token' ? [] : await listLogins(opened.deps)
    if (flags.json)
      return terminal.answer(JSON.stringify(login ?? { orgUrl: session.orgUrl.origin, grant: session.grant }))
    terminal.info(login === undefined ? apiTokenWorks(session) : connected(session, login, earlier, terminal.io.now()))
  },
}

// What only a login needs, of the flags.
function withOwnFlags({ values, origins, ...rest }: ResolvedSettings, flags: LoginFlags): ResolvedSettings {
  const { redirectUri, loginHint, device } = flags
  const own: Settings = {
    ...(redirectUri !== undefined && { redirectUri }),
    ...(loginHint !== undefined && { loginHint }),
    ...(device && { grant: 'device_code' }),
    // A profile of a device signs in, in the browser, where that is asked for.
    ...(flags.manual && values.grant === 'device_code' && { grant: 'authorization_code' }),
  }
  const given = Object.fromEntries(Object.keys(own).map(name => [name, 'given']))
  return { ...rest, values: { ...values, ...own }, origins: { ...origins, ...given } }
}

async function completed(settings: ResolvedSettings, deps: object, terminal: Terminal): Promise<ResolvedSettings> {
  const { values } = settings
  const missing = missingFlags(values)
  if (missing.length === 0) return settings
  if (terminal.canPrompt) {
    const { askConnection } = await import('../connection/ask-connection.js')
    return { ...settings, values: await askConnection(values, deps, terminal) }
  }
  throw new OktaConnectError('options_invalid', `Say to what: ${missing.join(' and ')}.`, {
    hint: 'Give them, or name a profile that has them with --profile. On a terminal, login asks.',
  })
}

function twoWays(one: string, other: string): OktaConnectError {
  const hint = 'Choose one: a code to enter on another device, the browser, or a key or secret without a person.'
  return new OktaConnectError('options_invalid', `${one} and ${other} are two ways to connect.`, { hint })
}

function missingFlags({ tenant, clientId, apiToken }: Settings): readonly string[] {
  return [
    ...(tenant === undefined ? ['--tenant'] : []),
    ...(clientId === undefined && apiToken === undefined ? ['--client-id'] : []),
  ]
}

async function saveAs(name: string, { values, origins }: ResolvedSettings, terminal: Terminal): Promise<void> {
  const { key, clientSecret, apiToken, store, ...rest } = values
  const references = Object.entries({ key, clientSecret, apiToken }).filter(([, reference]) => reference !== undefined)
  const saved = references.flatMap(([setting, reference]) => {
    if (reference === undefined || 'text' in reference) return []
    return [[setting, 'file' in reference ? { file: absolutePath(reference.file, terminal.io) } : reference] as const]
  })
  const isStoreMeant = origins.store === 'given' || origins.store === `profile ${name}`
  // Nothing but the org has an effect on an API token.
  const { tenant, grant } = rest
  const facts = apiToken === undefined ? rest : { ...(tenant && { tenant }), ...(grant && { grant }) }
  const profile = { ...facts, ...Object.fromEntries(saved), ...(isStoreMeant && store !== undefined && { store }) }
  await saveProfile(name, profile)
  terminal.info(`Saved as the profile ${name}.`)
  if (saved.length === references.length) return
  terminal.info('note: The secret is not in it. Give it each time, or keep it in a file or the keyring and name that.')
}

function connected({ orgUrl, clientId }: OktaSession, login: Login, earlier: readonly Login[], now: number): string {
  const { account, recordKey, obtainedAt } = login
  const isOld = earlier.some(one => one.recordKey === recordKey && one.obtainedAt.getTime() === obtainedAt.getTime())
  return [
    `Connected to ${orgUrl.host} as ${clientId}${isOld ? ' already; --force logs in again.' : '.'}`,
    ...(account === undefined ? [] : [`Signed in as ${renderAccount(account)}.`]),
    `Scopes: ${login.grantedScopes.join(' ')}`,
    `The token ${renderExpiry(login.expiresAt, now)}.`,
  ].join('\n')
}

function apiTokenWorks({ orgUrl }: OktaSession): string {
  return `${orgUrl.host} knows the API token. It is stored nowhere: give it with each command, or in a profile.`
}
