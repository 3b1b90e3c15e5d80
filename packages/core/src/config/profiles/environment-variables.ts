import { type OktaConnectError, optionsInvalid } from '../../errors.js'
import { hasPlaceholder, isPlaceholder } from '../../placeholder.js'
import { unquoted } from '../../unquoted.js'
import { nearest } from '../nearest.js'
import { parseList } from '../parse-list.js'
import { profileFields } from './profile-format.js'
import type { SecretReference, Settings, Source } from './settings.js'

type Variables = Readonly<Record<string, string | undefined>>

/** The setting of each variable of this project. */
const connectOktaNames = {
  tenant: 'CONNECT_OKTA_TENANT',
  broker: 'CONNECT_OKTA_BROKER',
  connection: 'CONNECT_OKTA_CONNECTION',
  clientId: 'CONNECT_OKTA_CLIENT_ID',
  scopes: 'CONNECT_OKTA_SCOPES',
  authorizationServer: 'CONNECT_OKTA_AUTHORIZATION_SERVER',
  grant: 'CONNECT_OKTA_GRANT',
  dpop: 'CONNECT_OKTA_DPOP',
  redirectUri: 'CONNECT_OKTA_REDIRECT_URI',
  loginHint: 'CONNECT_OKTA_LOGIN_HINT',
  key: 'CONNECT_OKTA_PRIVATE_KEY',
  keyId: 'CONNECT_OKTA_PRIVATE_KEY_ID',
  keyPassphrase: 'CONNECT_OKTA_KEY_PASSPHRASE',
  clientSecret: 'CONNECT_OKTA_CLIENT_SECRET',
  apiToken: 'CONNECT_OKTA_API_TOKEN',
  identityTokenFile: 'CONNECT_OKTA_IDENTITY_TOKEN_FILE',
  store: 'CONNECT_OKTA_STORE',
} as const satisfies Record<keyof Settings, string>

/** The setting of each variable of Okta's SDKs. */
const oktaClientNames = {
  tenant: 'OKTA_CLIENT_ORGURL',
  clientId: 'OKTA_CLIENT_CLIENTID',
  scopes: 'OKTA_CLIENT_SCOPES',
  key: 'OKTA_CLIENT_PRIVATEKEY',
  keyId: 'OKTA_CLIENT_PRIVATEKEYID',
  apiToken: 'OKTA_CLIENT_TOKEN',
} as const satisfies Partial<Record<keyof Settings, string>>

/** Returns the name of the profile in `CONNECT_OKTA_PROFILE`. */
export function profileVariable(variables: Variables): string | undefined {
  const name = 'CONNECT_OKTA_PROFILE'
  const text = readVariable(variables, name, 'text')
  if (text === '') throw emptyVariable(name)
  return text
}

/** The variables of this project that are not settings. */
const otherNames = [
  'CONNECT_OKTA_PROFILE',
  'CONNECT_OKTA_CONFIG_DIR',
  'CONNECT_OKTA_STATE_DIR',
  'CONNECT_OKTA_IDENTITY_TOKEN',
  'CONNECT_OKTA_STORE_KEY',
  'CONNECT_OKTA_STORE_KEY_FILE',
  'CONNECT_OKTA_REDIS_CA',
  'CONNECT_OKTA_REDIS_CERTIFICATE',
  'CONNECT_OKTA_REDIS_KEY',
  'CONNECT_OKTA_NODE',
]

/** Names of Okta's SDKs, and endings that other tools use. */
const aliases: Readonly<Record<string, string>> = {
  CONNECT_OKTA_ORGURL: 'CONNECT_OKTA_TENANT',
  CONNECT_OKTA_ORG_URL: 'CONNECT_OKTA_TENANT',
  CONNECT_OKTA_DOMAIN: 'CONNECT_OKTA_TENANT',
  CONNECT_OKTA_BROKER_URL: 'CONNECT_OKTA_BROKER',
  CONNECT_OKTA_ID_TOKEN: 'CONNECT_OKTA_IDENTITY_TOKEN',
  CONNECT_OKTA_CLIENTID: 'CONNECT_OKTA_CLIENT_ID',
  CONNECT_OKTA_PRIVATE_KEY_FILE: 'CONNECT_OKTA_PRIVATE_KEY',
  CONNECT_OKTA_PRIVATE_KEY_PATH: 'CONNECT_OKTA_PRIVATE_KEY',
  CONNECT_OKTA_TOKEN: 'CONNECT_OKTA_API_TOKEN',
  CONNECT_OKTA_PRIVATE_KEY_PASSPHRASE: 'CONNECT_OKTA_KEY_PASSPHRASE',
  CONNECT_OKTA_PASSPHRASE: 'CONNECT_OKTA_KEY_PASSPHRASE',
}

/**
 * Rejects a variable whose name is nearly that of a setting: it would be ignored, and a default, such as a broad scope, be used.
 *
 * @throws {@link OktaConnectError} `options_invalid`
 */
export function rejectMisspelt(variables: Variables): void {
  const known = [...Object.values(connectOktaNames), ...otherNames]
  const oktaNames: readonly string[] = Object.values(oktaClientNames)
  for (const name of Object.keys(variables)) {
    const ofSdk = /^OKTA_CLIENT_SCOPE$|^okta_client_/.test(name) ? nearest(name, oktaNames) : undefined
    if (ofSdk !== undefined && variables[ofSdk] === undefined) throw misspelt(name, ofSdk)
    if (!/^CONNECT_OKTA_/i.test(name) || known.includes(name)) continue
    const [, ofFile] = /^(.*)_FILE$/.exec(name) ?? []
    if (aliases[name] === undefined && ofFile !== undefined && known.includes(ofFile)) {
      throw optionsInvalid(`Unknown environment variable: ${name}.`, `Set ${ofFile}, or specify the file in a profile.`)
    }
    const near = nearest(name, known)
    // A name with a number or another ending is that of another app, for scripts.
    const meant = aliases[name] ?? (near !== undefined && name.startsWith(near) ? undefined : near)
    if (meant !== undefined && variables[meant] === undefined) throw misspelt(name, meant)
  }
}

function misspelt(name: string, meant: string): OktaConnectError {
  return optionsInvalid(`Unknown environment variable: ${name}.`, `Did you mean ${meant}?`)
}

/** Returns the settings in `CONNECT_OKTA_*`. An empty variable is an error if nothing else gives its setting. */
export async function connectOktaVariables(variables: Variables): Promise<Source> {
  const values = readVariables(variables, connectOktaNames)
  return {
    kind: 'environment',
    values: await withoutEmpty(values),
    nameOf: setting => connectOktaNames[setting],
    rejectMissing: missing => rejectEmpty(values, missing, connectOktaNames),
  }
}

/**
 * Returns the settings in `OKTA_CLIENT_*`, as Okta's SDKs read them. They ignore an empty variable. Here, empty scopes are an error
 * if nothing else gives scopes: the default scope is a broad one.
 *
 * @see https://github.com/okta/okta-sdk-nodejs#environment-variables
 */
export async function oktaClientVariables(variables: Variables): Promise<Source> {
  const names: Texts = oktaClientNames
  const values = readVariables(variables, names)
  const { tenant = readVariable(variables, 'OKTA_CLIENT_OKTADOMAIN', 'text') } = values
  return {
    kind: 'environment',
    values: selectCredential(
      variables.OKTA_CLIENT_AUTHORIZATIONMODE,
      await withoutEmpty({ ...values, ...(tenant !== undefined && { tenant }) }),
    ),
    nameOf: setting => names[setting] ?? '',
    rejectMissing: missing => rejectEmpty({ scopes: values.scopes }, missing, names),
  }
}

/** Selects the key or the token as Okta's SDKs do: the token, unless the authorization mode is `PrivateKey`. */
export function selectCredential(authorizationMode: string | undefined, values: Settings): Settings {
  const { key, keyId, apiToken, ...rest } = values
  if (key === undefined || apiToken === undefined) return values
  const isByKey = authorizationMode?.toLowerCase() === 'privatekey'
  return isByKey ? { ...rest, key, ...(keyId !== undefined && { keyId }) } : { ...rest, apiToken }
}

type Texts = Readonly<Partial<Record<keyof Settings, string | undefined>>>

function readVariables(variables: Variables, names: Texts): Texts {
  const values: Partial<Record<keyof Settings, string>> = {}
  for (const [setting, name] of Object.entries(names) as [keyof Settings, string][]) {
    const text = readVariable(variables, name, kindOf(setting))
    const isEmptyList = kindOf(setting) === 'list' && text !== undefined && parseList(text).length === 0
    if (text !== undefined) values[setting] = isEmptyList ? '' : wordIn(setting, text)
  }
  return values
}

// The words of a setting in the case of the specification.
function wordIn(setting: keyof Settings, text: string): string {
  const kind = profileFields.find(({ name }) => name === setting)?.kind
  const word = text.toLowerCase().replaceAll('-', '_')
  return Array.isArray(kind) && kind.includes(word) ? word : text
}

/** Returns a variable without the quotes that an env file left, and rejects a placeholder that was not replaced. */
function readVariable(variables: Variables, name: string, kind: 'text' | 'list' | 'secret'): string | undefined {
  const value = variables[name]
  if (value === undefined) return undefined
  const text = unquoted(value)
  if (kind === 'secret' ? isPlaceholder(text) : hasPlaceholder(text)) {
    throw optionsInvalid(`${name} contains an unresolved placeholder.`, `Set ${name} to the actual value.`)
  }
  // Spaces and quotes can belong to a passphrase.
  return name === connectOktaNames.keyPassphrase && text !== '' ? value : text
}

function rejectEmpty(values: Texts, missing: (setting: keyof Settings) => boolean, names: Texts): void {
  const empty = (Object.keys(values) as (keyof Settings)[]).find(setting => values[setting] === '' && missing(setting))
  if (empty !== undefined) throw emptyVariable(names[empty] ?? '')
}

function emptyVariable(name: string) {
  return optionsInvalid(`${name} is empty.`, `Set ${name} to a value, or unset it.`)
}

async function withoutEmpty({ key, ...texts }: Texts): Promise<Settings> {
  const given = (Object.entries(texts) as [keyof Settings, string][]).filter(([, text]) => text !== '')
  const settings = Object.fromEntries(given.map(([setting, text]) => [setting, settingFrom(setting, text)]))
  return key ? { ...settings, key: await keyIn(key) } : settings
}

function settingFrom(setting: keyof Settings, text: string): Settings[keyof Settings] {
  const kind = kindOf(setting)
  return kind === 'list' ? parseList(text) : kind === 'secret' ? { text } : text
}

function kindOf(setting: keyof Settings): 'text' | 'list' | 'secret' {
  const kind = profileFields.find(({ name }) => name === setting)?.kind
  if (kind === 'list') return kind
  return kind === 'secret' || kind === 'key' ? 'secret' : 'text'
}

/** Returns a private key or a reference to one: Okta's SDKs accept both in one setting. */
export async function keyIn(text: string): Promise<SecretReference> {
  // Loaded when it is needed: most programs have no key in a variable.
  const { findKey } = await import('../../keys/reader/find-key.js')
  return findKey(text) === undefined ? { file: text } : { text }
}
