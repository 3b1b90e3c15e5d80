import { type ConnectOptions, connect, type Deps, isOktaConnectError } from '@connect-okta/core'
import { diagnose, type Finding } from '@connect-okta/core/diagnose'
import { parseList, type ResolvedSettings, requireConnectOptions, type Settings } from '@connect-okta/core/profiles'
import { createMemoryStore } from '@connect-okta/core/stores'
import { adviceFor, withAdvice } from '../../output/render-advice.js'
import { styled, type Terminal } from '../../output/terminal.js'
import { visible } from '../../output/text/visible-text.js'
import { optionsOf } from '../open-connection.js'
import { unlockKey } from './ask-passphrase.js'
import { prompt } from './prompt.js'

type Kind = 'browser' | 'device' | 'program'

const kinds = [
  { value: 'browser', name: 'As a user, in a browser', description: 'Requires a single-page, native or web app' },
  {
    value: 'device',
    name: 'As a user, with a code on another device',
    description: 'Requires a native app with the Device Authorization grant',
  },
  { value: 'program', name: 'As a program, with a private key', description: 'Requires an API Services app' },
] as const

/**
 * Asks the user for the settings that are missing, and checks each answer at the org.
 *
 * @param configured the settings that are known.
 * @param before the answers of an earlier attempt, which the user can edit.
 * @returns the known settings and the answers.
 * @throws {@link OktaConnectError} `cancelled` at Ctrl+C
 */
export async function askConnection(
  configured: ResolvedSettings,
  before: Settings,
  deps: Partial<Deps>,
  terminal: Terminal,
): Promise<Settings> {
  const known = configured.values
  const [{ default: input }, { default: select }] = await Promise.all([
    import('@inquirer/input'),
    import('@inquirer/select'),
  ])
  // It cannot be requested while another prompt is open.
  await unlockKey(await optionsOf(configured, terminal))
  const check = (values: Settings) => checkAtOrg({ ...configured, values }, deps, terminal)
  const ask = async (message: string, initial: string, validateText: (text: string) => Promise<string | true>) => {
    const validate = async (text: string) => {
      const result = await validateText(text)
      return result === true ? true : visible(result)
    }
    const question = { message, default: visible(initial), prefill: 'editable' as const, validate, required: true }
    return (await prompt(terminal, context => input(question, context))).trim()
  }

  const checkTenant = (tenant: string) => check({ tenant: tenant.trim() })
  const tenant = known.tenant ?? (await ask('Tenant, such as example.okta.com:', before.tenant ?? '', checkTenant))
  // An API token belongs to no app.
  if (known.apiToken !== undefined) return { ...known, tenant }
  const question = { message: 'How do you want to connect?', choices: kinds, default: kindOf(before) ?? 'browser' }
  const kind = kindOf(known) ?? (await prompt(terminal, context => select(question, context)))
  const base: Settings = { ...known, tenant, ...(kind === 'device' && { grant: 'device_code' }) }
  const initialScopes = before.scopes?.join(' ') ?? 'okta.users.read'
  const askScopes = async (validate: (scopes: readonly string[]) => Promise<string | true>) =>
    parseList(await ask('Scopes, separated by spaces:', initialScopes, text => validate(parseList(text))))

  if (kind !== 'program') {
    // Each app for users accepts this scope, so that a failure is about the client ID.
    const withId = (clientId: string) => check({ ...base, clientId: clientId.trim(), scopes: ['email'] })
    const clientId = known.clientId ?? (await ask('Client ID:', before.clientId ?? '', withId))
    const scopes = known.scopes ?? (await askScopes(given => check({ ...base, clientId, scopes: given })))
    return { ...base, clientId, scopes }
  }
  const checkFile = async (file: string) => await checkKeyFile(file.trim(), configured, terminal)
  return await askUntilAccepted(async latest => {
    const clientId = known.clientId ?? (await ask('Client ID:', latest.clientId ?? '', async () => true))
    const scopes = known.scopes ?? (await askScopes(async given => given.length > 0 || 'Enter at least one scope.'))
    const path = latest.key !== undefined && 'file' in latest.key ? latest.key.file : ''
    const key = known.key ?? { file: await ask('Private key file (JWK, PEM or DER):', path, checkFile) }
    return { ...base, clientId, scopes, key }
  })

  // Okta checks the client ID, the scopes and the key of an app together.
  async function askUntilAccepted(askAll: (latest: Settings) => Promise<Settings>): Promise<Settings> {
    for (let latest = before; ; ) {
      const settings = await askAll(latest)
      const result = await check(settings)
      if (result === true) return settings
      if (known.clientId !== undefined && known.key !== undefined && known.scopes !== undefined) return settings
      terminal.error(styled('red', '>'), ` ${result}`)
      terminal.passphrases.clear()
      latest = settings
    }
  }
}

function kindOf({ grant, key, clientSecret }: Settings): Kind | undefined {
  if (grant === 'device_code') return 'device'
  if (grant === 'authorization_code') return 'browser'
  return grant === 'client_credentials' || (key ?? clientSecret) !== undefined ? 'program' : undefined
}

// Returns the problem with the file, before the org checks the key.
async function checkKeyFile(file: string, { origins }: ResolvedSettings, terminal: Terminal): Promise<string | true> {
  try {
    await optionsOf({ values: { key: { file } }, origins: { ...origins, key: 'given' }, profile: undefined }, terminal)
    return true
  } catch (error) {
    if (!isOktaConnectError(error) || error.code === 'cancelled') throw error
    return inOneLine({ message: error.message, fix: adviceFor(error) })
  }
}

// Returns the problem that the org has with the settings so far.
async function checkAtOrg(
  { values: settings, origins, profile }: ResolvedSettings,
  deps: Partial<Deps>,
  terminal: Terminal,
): Promise<string | true> {
  const { signal } = terminal
  try {
    const options = await optionsOf({ values: settings, origins: { key: 'given', ...origins }, profile }, terminal)
    const isForDevice = settings.grant === 'device_code' && settings.clientId !== undefined
    for await (const finding of diagnose({ ...options, signal }, deps, terminal.io.environment)) {
      if (finding.outcome === 'failure') return inOneLine(withAdvice(finding))
      if (finding.check === 'org' && settings.clientId === undefined) return true
      if (finding.check === 'app') break
    }
    return isForDevice ? await checkDevice(requireConnectOptions(options), deps, signal) : true
  } catch (error) {
    if (!isOktaConnectError(error) || error.code === 'cancelled') throw error
    return inOneLine({ message: error.message, fix: adviceFor(error) })
  }
}

// Checks whether the org issues device codes for the app. The code is not used.
async function checkDevice(options: ConnectOptions, deps: Partial<Deps>, signal: AbortSignal): Promise<true> {
  const issued = new Error('the org issued a device code')
  const showDeviceCode = () => {
    throw issued
  }
  try {
    await connect({ ...options, signal }, { ...deps, store: createMemoryStore(), showDeviceCode })
  } catch (error) {
    if (error !== issued) throw error
  }
  return true
}

function inOneLine({ message, fix = '' }: Pick<Finding, 'message' | 'fix'>): string {
  return `${message} ${fix}`.trim()
}
