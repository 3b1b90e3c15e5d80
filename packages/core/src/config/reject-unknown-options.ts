import { optionsInvalid } from '../errors.js'
import { quoted } from '../safe-text.js'
import type {
  AccessTokenOptions,
  ApiTokenOptions,
  AuthorizationCodeOptions,
  BrokerOptions,
  DeviceCodeOptions,
  ResumeOptions,
} from './connect-options.js'
import { nearest } from './nearest.js'

type OptionName =
  | keyof AuthorizationCodeOptions
  | keyof DeviceCodeOptions
  | keyof ApiTokenOptions
  | keyof AccessTokenOptions
  | keyof BrokerOptions
  | keyof ResumeOptions

// A record, so that the compiler finds a name that is missing.
const optionNames: Record<OptionName, true> = {
  accept: true,
  accessToken: true,
  apiToken: true,
  authorizationServer: true,
  broker: true,
  clientId: true,
  clientSecret: true,
  connection: true,
  dpop: true,
  forceLogin: true,
  grant: true,
  identityToken: true,
  identityTokenFile: true,
  jsonWebKey: true,
  keyId: true,
  loginHint: true,
  managedKeys: true,
  manual: true,
  offlineAccess: true,
  passphrase: true,
  recordKey: true,
  redirectUri: true,
  requestTimeoutMs: true,
  scopes: true,
  signal: true,
  signer: true,
  tenant: true,
  timeoutMs: true,
}

// Of the second argument of `connect`.
const depNames = [
  'askCallbackUrl',
  'environment',
  'fetch',
  'monotonicNow',
  'notify',
  'now',
  'openBrowser',
  'runCommand',
  'showDeviceCode',
  'store',
]

// The names in Okta's SDKs, in profiles and in other libraries.
const otherNames: Readonly<Record<string, OptionName>> = {
  domain: 'tenant',
  issuer: 'authorizationServer',
  jwk: 'jsonWebKey',
  key: 'jsonWebKey',
  org: 'tenant',
  orgUrl: 'tenant',
  privateKey: 'jsonWebKey',
  privateKeyId: 'keyId',
  token: 'accessToken',
}

/**
 * Rejects options with unknown names, for programs that the compiler does not check. A misspelt option would select another scope or
 * another grant.
 *
 * @throws {@link OktaConnectError} `options_invalid` for the first unknown name
 */
export function rejectUnknownOptions(options: object): void {
  const name = Object.keys(options).find(
    one => !Object.hasOwn(optionNames, one) && (options as Record<string, unknown>)[one] !== undefined,
  )
  if (name !== undefined) throw optionsInvalid(`Unknown option: ${quoted(name)}.`, adviceFor(name))
}

function adviceFor(name: string): string {
  if (depNames.includes(name)) return `Pass ${name} in the second argument, with the dependencies.`
  const names = Object.keys(optionNames)
  const meant = Object.hasOwn(otherNames, name) ? otherNames[name] : nearest(name, names)
  return meant === undefined ? `Remove it. The options are: ${names.join(', ')}.` : `Did you mean ${meant}?`
}
