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
  const ask = async (
    message: string,
    { before: latest, suggestion }: { before?: string | undefined; suggestion?: string },
    validateText: (text: string) => Promise<string | true> = async () => true,
  ) => {
    const validate = async (text: string) => {
      const result = await validateText(text)
      return result === true ? true : visible(result)
    }
    // An earlier answer can be edited. A suggestion is replaced by what the user types.
    const prefill = latest === undefined ? 'tab' : 'editable'
    const question = {
      message,
      default: visible(latest ?? suggestion ?? ''),
      prefill,
      validate,
      required: true,
    } as const
    return (await prompt(terminal, context => input(question, context))).trim()
  }
  const askScopes = async (latest: Settings, checkScopes: (scopes: readonly string[]) => Promise<string | true>) => {
    const defaults = { before: latest.scopes?.join(' '), suggestion: 'okta.users.read' }
    const validate = async (text: string) => {
      const scopes = parseList(text)
      if (scopes.length === 0) return 'Enter at least one scope.'
      const joined = scopes.find(scope => /^okta\..+okta\./.test(scope))
      return joined === undefined ? await checkScopes(scopes) : `Separate the scopes with spaces: ${joined}`
    }
    return parseList(await ask('Scopes, separated by spaces:', defaults, validate))
  }

  const checkTenant = (tenant: string) => check({ tenant: tenant.trim() })
  const tenant =
    known.tenant ?? (await ask('Tenant, such as example.okta.com:', { before: before.tenant }, checkTenant))
  // An API token belongs to no app.
  if (known.apiToken !== undefined) return { ...known, tenant }
  const checkFile = async (file: string) => await checkKeyFile(file.trim(), configured, terminal)
  for (let latest = before; ; ) {
    const question = { message: 'How do you want to connect?', choices: kinds, default: kindOf(latest) ?? 'browser' }
    const kind = kindOf(known) ?? (await prompt(terminal, context => select(question, context)))
    const clientId = known.clientId ?? (await ask('Client ID:', { before: latest.clientId }))
    const app: Settings = { ...known, tenant, clientId, ...(kind === 'device' && { grant: 'device_code' }) }
    if (kind !== 'program') {
      const isGiven = known.clientId !== undefined && kindOf(known) !== undefined
      // Each app for users accepts this scope, so that a failure is about the client ID or the kind of app.
      const result = isGiven || (await check({ ...app, scopes: ['email'] }))
      if (result === true) {
        return { ...app, scopes: known.scopes ?? (await askScopes(latest, scopes => check({ ...app, scopes }))) }
      }
      reject(result)
      latest = { ...app, ...(latest.scopes && { scopes: latest.scopes }) }
      continue
    }
    const scopes = known.scopes ?? (await askScopes(latest, async () => true))
    const path = latest.key !== undefined && 'file' in latest.key ? latest.key.file : undefined
    const key = known.key ?? { file: await ask('Private key file (JWK, PEM or DER):', { before: path }, checkFile) }
    const settings = { ...app, scopes, key }
    // Okta checks the client ID, the scopes and the key of an app together.
    const result = await check(settings)
    if (result === true) return settings
    if (known.clientId !== undefined && known.key !== undefined && known.scopes !== undefined) return settings
    reject(result)
    latest = settings
  }

  function reject(problem: string): void {
    terminal.error(styled('red', '>'), ` ${problem}`)
    terminal.passphrases.clear()
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
