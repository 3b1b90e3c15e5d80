import { type ConnectOptions, connect, type Deps, isOktaConnectError, OktaConnectError } from '@connect-okta/core'
import { diagnose, type Finding } from '@connect-okta/core/diagnose'
import { connectOptionsOf, requireConnectOptions, type Settings } from '@connect-okta/core/profiles'
import { createMemoryStore } from '@connect-okta/core/stores'
import { adviceFor, withAdvice } from '../output/render-advice.js'
import { styled, type Terminal } from '../output/terminal.js'
import { visible } from '../output/text/visible-text.js'

type Kind = 'browser' | 'device' | 'program'

const kinds = [
  { value: 'browser', name: 'A person, in the browser', description: 'A single-page, native or web app' },
  { value: 'device', name: 'A person, by a code on another device', description: 'A native app with the device grant' },
  { value: 'program', name: 'A program, with a key', description: 'An API Services app' },
] as const

/**
 * Asks the person at the terminal for what is not configured, and the org about each answer at once.
 *
 * @param known what is configured already.
 * @returns what was known, and what was answered.
 * @throws {@link OktaConnectError} `cancelled` at Ctrl+C
 */
export async function askConnection(known: Settings, deps: Partial<Deps>, terminal: Terminal): Promise<Settings> {
  const [{ default: input }, { default: select }] = await Promise.all([
    import('@inquirer/input'),
    import('@inquirer/select'),
  ])
  const context = {
    signal: terminal.signal,
    input: terminal.io.stdin,
    output: terminal.screen,
    clearPromptOnDone: false,
  }
  const check = (settings: Settings) => checkAtOrg(settings, deps, terminal)
  const ask = async (message: string, initial: string, verdictOn: (text: string) => Promise<string | true>) => {
    const validate = async (text: string) => {
      const verdict = await verdictOn(text)
      return verdict === true ? true : visible(verdict)
    }
    const question = { message, default: visible(initial), prefill: 'editable' as const, validate, required: true }
    return (await input(question, context)).trim()
  }

  try {
    const tenant =
      known.tenant ?? (await ask('Tenant, such as example.okta.com:', '', t => check({ tenant: t.trim() })))
    // An API token belongs to no app.
    if (known.apiToken !== undefined) return { ...known, tenant }
    const kind = kindOf(known) ?? (await select({ message: 'Who connects?', choices: kinds }, context))
    const base: Settings = { ...known, tenant, ...(kind === 'device' && { grant: 'device_code' }) }
    const askScopes = async (validate: (scopes: readonly string[]) => Promise<string | true>) =>
      listIn(await ask('Scopes, with spaces between:', 'okta.users.read', text => validate(listIn(text))))

    if (kind !== 'program') {
      // Any app for people takes this scope, so what is wrong is the client id.
      const withId = (clientId: string) => check({ ...base, clientId: clientId.trim(), scopes: ['email'] })
      const clientId = known.clientId ?? (await ask('Client ID:', '', withId))
      const scopes = known.scopes ?? (await askScopes(given => check({ ...base, clientId, scopes: given })))
      return { ...base, clientId, scopes }
    }
    return await askUntilRight(async before => {
      const clientId = known.clientId ?? (await ask('Client ID:', before.clientId ?? '', async () => true))
      const scopes = known.scopes ?? (await askScopes(async given => given.length > 0 || 'Name at least one.'))
      const path = before.key !== undefined && 'file' in before.key ? before.key.file : ''
      const key = known.key ?? { file: await ask('File of the private key (JWK or PEM):', path, async () => true) }
      return { ...base, clientId, scopes, key }
    })
  } catch (error) {
    throw isGivenUp(error) ? cancelled(error) : error
  }

  // A program proves itself with all of these at once.
  async function askUntilRight(askAll: (before: Settings) => Promise<Settings>): Promise<Settings> {
    for (let before: Settings = {}; ; ) {
      const settings = await askAll(before)
      const verdict = await check(settings)
      if (verdict === true) return settings
      if (known.clientId !== undefined && known.key !== undefined && known.scopes !== undefined) return settings
      terminal.error(styled('red', '>'), ` ${verdict}`)
      before = settings
    }
  }
}

function kindOf({ grant, key, clientSecret }: Settings): Kind | undefined {
  if (grant === 'device_code') return 'device'
  if (grant === 'authorization_code') return 'browser'
  return grant === 'client_credentials' || (key ?? clientSecret) !== undefined ? 'program' : undefined
}

// Asks the org about what is known so far.
async function checkAtOrg(settings: Settings, deps: Partial<Deps>, { signal }: Terminal): Promise<string | true> {
  try {
    const resolved = { values: settings, origins: { key: 'given' }, profile: undefined }
    const options = await connectOptionsOf(resolved, deps.notify && { notify: deps.notify })
    const isForDevice = settings.grant === 'device_code' && settings.clientId !== undefined
    for await (const finding of diagnose({ ...options, signal }, deps)) {
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

// Whether the org gives out codes for the app. This one nobody enters.
async function checkDevice(options: ConnectOptions, deps: Partial<Deps>, signal: AbortSignal): Promise<true> {
  const accepted = new Error('the org has given a code')
  const showDeviceCode = () => {
    throw accepted
  }
  try {
    await connect({ ...options, signal }, { ...deps, store: createMemoryStore(), showDeviceCode })
  } catch (error) {
    if (error !== accepted) throw error
  }
  return true
}

function inOneLine({ message, fix = '' }: Pick<Finding, 'message' | 'fix'>): string {
  return `${message} ${fix}`.trim()
}

function listIn(text: string): readonly string[] {
  return text.split(/[\s,]+/).filter(Boolean)
}

function isGivenUp(error: unknown): boolean {
  return error instanceof Error && ['ExitPromptError', 'AbortPromptError'].includes(error.name)
}

function cancelled(cause: unknown): OktaConnectError {
  return new OktaConnectError('cancelled', 'Cancelled.', { hint: 'Nothing was changed. Try again when ready.', cause })
}
