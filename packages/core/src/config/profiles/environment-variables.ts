import { keyTextIn } from '../../keys/key-text.js'
import { parseList } from '../parse-list.js'
import type { SecretReference, Settings, Source } from './settings.js'

type Variables = Readonly<Record<string, string | undefined>>
type Mutable<T> = { -readonly [K in keyof T]: T[K] }

/** The setting of each variable of this project. */
const connectOktaNames = {
  tenant: 'CONNECT_OKTA_TENANT',
  clientId: 'CONNECT_OKTA_CLIENT_ID',
  scopes: 'CONNECT_OKTA_SCOPES',
  authorizationServer: 'CONNECT_OKTA_AUTHORIZATION_SERVER',
  grant: 'CONNECT_OKTA_GRANT',
  dpop: 'CONNECT_OKTA_DPOP',
  redirectUri: 'CONNECT_OKTA_REDIRECT_URI',
  loginHint: 'CONNECT_OKTA_LOGIN_HINT',
  key: 'CONNECT_OKTA_PRIVATE_KEY',
  keyId: 'CONNECT_OKTA_PRIVATE_KEY_ID',
  clientSecret: 'CONNECT_OKTA_CLIENT_SECRET',
  apiToken: 'CONNECT_OKTA_API_TOKEN',
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

/** The variable that selects a profile. */
export const profileVariable = 'CONNECT_OKTA_PROFILE'

/** Returns the settings in `CONNECT_OKTA_*`. */
export function connectOktaVariables(variables: Variables): Source {
  return {
    kind: 'environment',
    values: readVariables(variables, connectOktaNames),
    nameOf: setting => connectOktaNames[setting],
  }
}

/**
 * Returns the settings in `OKTA_CLIENT_*`, as Okta's SDKs read them.
 *
 * @see https://github.com/okta/okta-sdk-nodejs#environment-variables
 */
export function oktaClientVariables(variables: Variables): Source {
  const values = readVariables(variables, oktaClientNames)
  return {
    kind: 'environment',
    values: selectCredential(variables.OKTA_CLIENT_AUTHORIZATIONMODE, values),
    nameOf: setting => (oktaClientNames as Partial<Record<keyof Settings, string>>)[setting] ?? '',
  }
}

/** Selects the key or the token as Okta's SDKs do: the token, unless the authorization mode is `PrivateKey`. */
export function selectCredential(authorizationMode: string | undefined, values: Settings): Settings {
  const { key, keyId, apiToken, ...rest } = values
  if (key === undefined || apiToken === undefined) return values
  const isByKey = authorizationMode?.toLowerCase() === 'privatekey'
  return isByKey ? { ...rest, key, ...(keyId !== undefined && { keyId }) } : { ...rest, apiToken }
}

function readVariables(variables: Variables, names: Partial<Record<keyof Settings, string>>): Settings {
  const values: Mutable<Settings> = {}
  for (const [setting, variable] of Object.entries(names)) {
    const text = variables[variable]?.trim()
    if (text) Object.assign(values, { [setting]: readVariable(setting as keyof Settings, text) })
  }
  return values
}

function readVariable(setting: keyof Settings, text: string): Settings[keyof Settings] {
  switch (setting) {
    case 'scopes':
    case 'redirectUri':
      return parseList(text)
    case 'key':
      return keyIn(text)
    case 'clientSecret':
    case 'apiToken':
      return { text }
    default:
      return text
  }
}

/** Returns a private key or a reference to one: Okta's SDKs accept both in one setting. */
export function keyIn(text: string): SecretReference {
  const key = keyTextIn(text)
  return key === undefined ? { file: text } : { text: key }
}
