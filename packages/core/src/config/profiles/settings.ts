import { optionsInvalid } from '../../errors.js'
import type { Grant } from '../../stores/token-record.js'
import { parseBroker } from '../broker.js'
import type { DpopMode } from '../connect-options.js'
import type { SignerReference } from './signer-reference.js'

/** A reference to a secret: the secret itself, a file, or a name in the system keyring. A profile never contains the secret itself. */
export type SecretReference = { readonly text: string } | { readonly file: string } | { readonly keyring: string }

/** A reference to the client key or its signer. */
export type KeyReference = SecretReference | SignerReference

/** The settings of a connection. Missing ones come from another source, or are the default. */
export interface Settings {
  readonly tenant?: string
  /** The address of a broker that issues the tokens. */
  readonly broker?: string
  /** The connection of the broker. */
  readonly connection?: string
  readonly clientId?: string
  readonly scopes?: readonly string[]
  readonly authorizationServer?: string
  readonly grant?: Exclude<Grant, 'refresh_token'>
  readonly dpop?: DpopMode
  readonly redirectUri?: readonly string[]
  readonly loginHint?: string
  /** The client key (a JWK, a JWKS or PEM), or its signer. */
  readonly key?: KeyReference
  readonly keyId?: string
  /** The passphrase of an encrypted key. */
  readonly keyPassphrase?: SecretReference
  readonly clientSecret?: SecretReference
  readonly apiToken?: SecretReference
  /** The file with the identity token for the broker. It is read for each request. */
  readonly identityTokenFile?: string
  /** The token store, as {@link openStore} names it. */
  readonly store?: string
}

/** Settings merged from every source, and the source of each. */
export interface ResolvedSettings {
  readonly values: Settings
  /** The source of each setting, for messages: `given`, `CONNECT_OKTA_TENANT`, `profile staging`, a path. */
  readonly origins: Readonly<Partial<Record<keyof Settings, string>>>
  /** The name of the profile that was used, if any. */
  readonly profile: string | undefined
}

/** The settings of one source. */
export interface Source {
  readonly values: Settings
  /** Where they come from: the caller, the environment, or a file that is read by default. */
  readonly kind: 'given' | 'environment' | 'file'
  /** Returns the origin of a setting, for messages. */
  nameOf(setting: keyof Settings): string
  /**
   * Called when the settings of this source and of those before it are merged.
   *
   * @throws {@link OktaConnectError} `options_invalid` if this source has an empty value for a setting that is missing
   */
  rejectMissing?(isMissing: (setting: keyof Settings) => boolean): void
}

/** The credentials of an app. All of them come from one source. */
const credentials = ['key', 'clientSecret', 'apiToken'] as const satisfies readonly (keyof Settings)[]

/**
 * Merges sources; the first has priority. A source with another org than those before it adds nothing, and one with another app
 * adds only its tenant: a key or token is never sent to an org that it was not configured for.
 *
 * @param sameOrg returns whether two tenants are the same org.
 * @throws {@link OktaConnectError} `options_invalid` for a secret in the environment if a file names the org
 */
export function merge(
  sources: readonly Source[],
  sameOrg: (one: string, other: string) => boolean,
): Pick<ResolvedSettings, 'values' | 'origins'> {
  const values: Record<string, unknown> = {}
  const origins: Record<string, string> = {}
  const kinds: Record<string, Source['kind']> = {}
  for (const source of sources) {
    const merged = values as Settings
    if (isOfOtherServer(source.values, merged, sameOrg)) continue
    const isOtherApp = isOfOtherApp(source.values, merged)
    const hasCredential = credentials.some(name => merged[name] !== undefined)
    const isMerged = (name: string) => hasCredential && isCredential(name)
    const added = Object.entries(source.values).filter(
      ([name, value]) =>
        value !== undefined &&
        !(name in values) &&
        !isMerged(name) &&
        (name === 'tenant' || name === 'broker' || !isOtherApp),
    )
    for (const [name, value] of added) {
      values[name] = value
      origins[name] = source.nameOf(name as keyof Settings)
      kinds[name] = source.kind
    }
    const hasCredentialNow = credentials.some(name => merged[name] !== undefined)
    source.rejectMissing?.(name => !(name in values) && !(hasCredentialNow && isCredential(name)))
  }
  rejectSecretForOtherServer(values, kinds, origins)
  return { values: values as Settings, origins }
}

// The credentials for a broker and those for an org are not mixed.
function isOfOtherServer(
  { tenant, broker }: Settings,
  merged: Settings,
  sameOrg: (one: string, other: string) => boolean,
): boolean {
  if (merged.broker !== undefined) {
    return (tenant ?? broker) !== undefined && (broker === undefined || !sameBroker(merged.broker, broker))
  }
  if (merged.tenant === undefined) return false
  return broker !== undefined || (tenant !== undefined && !sameOrg(merged.tenant, tenant))
}

function sameBroker(one: string, other: string): boolean {
  return parseBroker(one).origin === parseBroker(other).origin
}

function isCredential(name: string): boolean {
  return credentials.some(credential => credential === name)
}

// An API token belongs to no app: it has all permissions of its owner, while a client with scopes has fewer.
function isOfOtherApp({ clientId, apiToken }: Settings, merged: Settings): boolean {
  if (merged.clientId !== undefined && clientId !== undefined) return merged.clientId !== clientId
  const isForApp =
    (merged.broker ?? merged.clientId ?? merged.scopes) !== undefined || (merged.grant ?? 'api_token') !== 'api_token'
  return apiToken !== undefined && isForApp
}

// These secrets are sent to the server: a file that another user could have created must not decide to which one.
function rejectSecretForOtherServer(
  values: Settings,
  kinds: Record<string, Source['kind']>,
  origins: Record<string, string>,
): void {
  const isIssuer = /^https?:/i.test(values.authorizationServer ?? '')
  const place =
    kinds.broker === 'file'
      ? 'broker'
      : kinds.tenant === 'file'
        ? 'tenant'
        : isIssuer && kinds.authorizationServer === 'file'
          ? 'authorizationServer'
          : undefined
  if (place === undefined) return
  const secret = (['apiToken', 'clientSecret'] as const).find(name => kinds[name] === 'environment')
  if (secret === undefined) return
  throw optionsInvalid(
    `${origins[secret]} is set, but the server that it would be sent to comes from another source: ${origins[place]}.`,
    'Set the tenant, the broker and the authorization server in the same source as the secret, or select a profile.',
  )
}
