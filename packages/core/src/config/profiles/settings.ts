import { optionsInvalid } from '../../errors.js'
import type { Grant } from '../../stores/token-record.js'
import type { DpopMode } from '../connect-options.js'

/** Where a secret is: at hand as text, in a file, or in the keyring of the system. A profile has no text, only where. */
export type SecretReference = { readonly text: string } | { readonly file: string } | { readonly keyring: string }

/** A connection as people configure it. What is left out is said elsewhere, or is the default. */
export interface Settings {
  readonly tenant?: string
  readonly clientId?: string
  readonly scopes?: readonly string[]
  readonly authorizationServer?: string
  readonly grant?: Exclude<Grant, 'refresh_token'>
  readonly dpop?: DpopMode
  readonly redirectUri?: readonly string[]
  readonly loginHint?: string
  /** The client key: a JWK, a JWKS or PEM. */
  readonly key?: SecretReference
  readonly keyId?: string
  readonly clientSecret?: SecretReference
  readonly apiToken?: SecretReference
  /** The token store, as {@link openStore} names it. */
  readonly store?: string
}

/** Settings from every place, and which place each came from. */
export interface ResolvedSettings {
  readonly values: Settings
  /** In words for people: `given`, `CONNECT_OKTA_TENANT`, `profile staging`, a path. */
  readonly origins: Readonly<Partial<Record<keyof Settings, string>>>
  /** The profile that was read, if one was. */
  readonly profile: string | undefined
}

/** Settings of one place. */
export interface Source {
  readonly values: Settings
  /** Who decides what stands here: the caller, the environment, or a file that is read by default. */
  readonly kind: 'given' | 'environment' | 'file'
  /** Where a setting stands, in words for people. */
  nameOf(setting: keyof Settings): string
}

/** What an app proves itself with: of these one place gives all, or none. */
const credentials = ['key', 'clientSecret', 'apiToken'] as const satisfies readonly (keyof Settings)[]

/**
 * Merges places, the first going first. A place that names another org than the one that is meant adds nothing, and one
 * that names another app adds its tenant alone: a key or token is never sent to an org it was not configured for.
 *
 * @throws {@link OktaConnectError} `options_invalid` for a secret of the environment where a file names the org.
 * @param sameOrg whether two tenants, as people write them, are one org.
 */
export function merge(
  sources: readonly Source[],
  sameOrg: (one: string, other: string) => boolean,
): Pick<ResolvedSettings, 'values' | 'origins'> {
  const values: Record<string, unknown> = {}
  const origins: Record<string, string> = {}
  const kinds: Record<string, Source['kind']> = {}
  for (const source of sources) {
    const meant = values as Settings
    const { tenant } = source.values
    if (meant.tenant !== undefined && tenant !== undefined && !sameOrg(meant.tenant, tenant)) continue
    const isOtherApp = isOfOtherApp(source.values, meant)
    const hasCredential = credentials.some(name => meant[name] !== undefined)
    const isTaken = (name: string) => hasCredential && (credentials as readonly string[]).includes(name)
    const added = Object.entries(source.values).filter(
      ([name, value]) =>
        value !== undefined && !(name in values) && !isTaken(name) && (name === 'tenant' || !isOtherApp),
    )
    for (const [name, value] of added) {
      values[name] = value
      origins[name] = source.nameOf(name as keyof Settings)
      kinds[name] = source.kind
    }
  }
  rejectMisdirected(values, kinds, origins)
  return { values: values as Settings, origins }
}

// An API token belongs to no app: it has all rights of its owner, where a client and scopes ask for fewer.
function isOfOtherApp({ clientId, apiToken }: Settings, meant: Settings): boolean {
  if (meant.clientId !== undefined && clientId !== undefined) return meant.clientId !== clientId
  const asksForApp = (meant.clientId ?? meant.scopes) !== undefined || (meant.grant ?? 'api_token') !== 'api_token'
  return apiToken !== undefined && asksForApp
}

// These are sent as they are: a file that somebody else could have put there must not say where to. A key is not sent.
function rejectMisdirected(
  values: Settings,
  kinds: Record<string, Source['kind']>,
  origins: Record<string, string>,
): void {
  const isIssuer = /^https?:/i.test(values.authorizationServer ?? '')
  const place =
    kinds.tenant === 'file'
      ? 'tenant'
      : isIssuer && kinds.authorizationServer === 'file'
        ? 'authorizationServer'
        : undefined
  if (place === undefined) return
  const secret = (['apiToken', 'clientSecret'] as const).find(name => kinds[name] === 'environment')
  if (secret === undefined) return
  throw optionsInvalid(
    `${origins[secret]} is set, and where it would be sent comes from another place: ${origins[place]}.`,
    'Give the tenant and the authorization server as well, in the same way, or name the profile.',
  )
}
