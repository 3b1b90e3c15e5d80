import { quoted } from '../../safe-text.js'
import { dpopModes, selectableGrants } from '../connect-options.js'
import { asObject, malformed, rejectUnknown } from './malformed.js'
import type { KeyReference, SecretReference, Settings } from './settings.js'
import { isSignerReference, parseSignerReference, signerSchemas } from './signer-reference.js'

/** The settings of a connection that is saved under a name. Its secrets are references: a profile never contains one. */
export type Profile = Settings

/** The content of the profiles file. */
export interface ProfilesFile {
  /** The profile that is used if none is selected. */
  readonly default?: string
  readonly profiles: Readonly<Record<string, Profile>>
}

/** The type of a field: a string, a list of strings, a reference to a secret or to the client key, or an enumeration. */
export type ProfileFieldKind = 'text' | 'list' | 'secret' | 'key' | readonly string[]

/** A field of a profile. */
export interface ProfileField {
  readonly name: string
  readonly kind: ProfileFieldKind
  /** A description, for documentation and schemas. */
  readonly meaning: string
}

const fields: Readonly<Record<keyof Settings, Omit<ProfileField, 'name'>>> = {
  tenant: { kind: 'text', meaning: 'The org: example.okta.com, a custom domain, or a full https:// URL.' },
  clientId: {
    kind: 'text',
    meaning:
      'The ID of the app: Applications > your app > General > Client ID. With a broker: the name of the client at the broker.',
  },
  scopes: {
    kind: 'list',
    meaning: 'The scopes of the token. Default: okta.users.manage. With a broker: all scopes of the client.',
  },
  authorizationServer: {
    kind: 'text',
    meaning: 'The ID of a custom authorization server. Default: the org authorization server.',
  },
  grant: {
    kind: selectableGrants,
    meaning:
      'The grant type. Default: client_credentials with a key or secret, api_token with an API token, otherwise authorization_code.',
  },
  dpop: {
    kind: dpopModes,
    meaning: 'Whether tokens are bound to a key: auto (default) binds them only if the app requires it.',
  },
  redirectUri: {
    kind: 'list',
    meaning: 'The registered redirect URI, or a list. The first one whose port is free is used.',
  },
  loginHint: { kind: 'text', meaning: 'The username to prefill on the sign-in page.' },
  key: {
    kind: 'key',
    meaning:
      'The private key of the client: the location of its JWK, JWKS or PEM, or a signer (an ssh-agent or a command).',
  },
  keyId: { kind: 'text', meaning: 'The kid of the key, if the key itself has none.' },
  keyPassphrase: { kind: 'secret', meaning: 'The passphrase of the key, if it is encrypted.' },
  clientSecret: { kind: 'secret', meaning: 'The secret of the client.' },
  apiToken: { kind: 'secret', meaning: 'The static API token.' },
  broker: {
    kind: 'text',
    meaning: 'The address of a broker that issues the tokens. The broker determines the org, so tenant is optional.',
  },
  connection: { kind: 'text', meaning: 'The connection of the broker. Required if the client has several.' },
  identityTokenFile: {
    kind: 'text',
    meaning: 'The file with the identity token for the broker. Default: the identity token of the platform.',
  },
  store: { kind: 'text', meaning: 'The token store: auto, file, memory, or a redis:// address.' },
}

/** Every field of a profile. The parser, the JSON schema and the configuration of the broker are made from this list. */
export const profileFields: readonly ProfileField[] = Object.entries(fields).map(([name, field]) => ({
  name,
  ...field,
}))

/**
 * The pattern of a profile name.
 *
 * @example
 * profileName.test('ci') // true
 */
export const profileName = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/

/**
 * Validates the content of the profiles file.
 *
 * @param place the path of the file, for messages.
 * @throws {@link OktaConnectError} `options_invalid` with the location of the fault
 */
export function parseProfilesFile(content: unknown, place: string): ProfilesFile {
  const { default: defaultName, profiles = {}, ...rest } = asObject(content ?? {}, place)
  rejectUnknown(rest, place, ['default', 'profiles'])
  const parsed: Record<string, Profile> = {}
  for (const [name, profile] of Object.entries(asObject(profiles, `${place}: profiles`))) {
    if (!profileName.test(name)) throw malformed(`${place}: profiles`, `${quoted(name)} is not a valid profile name`)
    parsed[name] = parseStoredProfile(profile, `${place}: profiles.${name}`)
  }
  if (defaultName === undefined) return { profiles: parsed }
  // Whether there is such a profile matters only if none is selected.
  if (typeof defaultName === 'string' && profileName.test(defaultName))
    return { default: defaultName, profiles: parsed }
  throw malformed(place, 'default is not the name of a profile')
}

/**
 * Validates a profile that is, or will be, in a file.
 *
 * @throws {@link OktaConnectError} `options_invalid` with the location of the fault, also for a password in a store's address
 */
export function parseStoredProfile(content: unknown, place: string): Profile {
  const profile = parseProfile(content, place)
  if (!/:\/\/[^/]*@/.test(profile.store ?? '')) return profile
  throw malformed(
    `${place}.store`,
    'it must not contain a password: set CONNECT_OKTA_STORE to the address with the password',
  )
}

/**
 * Validates a profile.
 *
 * @throws {@link OktaConnectError} `options_invalid` with the location of the fault
 */
export function parseProfile(content: unknown, place: string): Profile {
  const fields = asObject(content, place)
  rejectUnknown(
    fields,
    place,
    profileFields.map(({ name }) => name),
  )
  const profile: Record<string, unknown> = {}
  for (const { name, kind } of profileFields) {
    const value = Object.hasOwn(fields, name) ? fields[name] : undefined
    if (value !== undefined && value !== null) profile[name] = parseField(value, kind, `${place}.${name}`)
  }
  return profile as Profile
}

/** Returns the rule that a value of a setting breaks, if any. */
export function brokenRule(name: string, value: unknown): string | undefined {
  const kind = profileFields.find(field => field.name === name)?.kind
  if (kind === 'list') return isListOfTexts(value) ? undefined : notAList
  return brokenTextRule(value, kind)
}

function brokenTextRule(value: unknown, kind: ProfileFieldKind | undefined): string | undefined {
  if (typeof value !== 'string' || value === '') return 'it is not a string'
  return typeof kind !== 'object' || kind.includes(value) ? undefined : `it is not one of ${kind.join(', ')}`
}

const notAList = 'it is not a list of strings'

function isListOfTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.length > 0 && value.every(one => typeof one === 'string' && one !== '')
}

function parseField(value: unknown, kind: ProfileFieldKind, place: string): unknown {
  if (kind === 'secret' || kind === 'key') return parseReference(value, kind, place)
  const whole = kind === 'list' && !Array.isArray(value) ? [value] : value
  const rule = kind === 'list' ? (isListOfTexts(whole) ? undefined : notAList) : brokenTextRule(whole, kind)
  if (rule !== undefined) throw malformed(place, rule)
  return whole
}

// The text is not shown, because it may be a secret.
function parseReference(value: unknown, kind: 'secret' | 'key', place: string): SecretReference | KeyReference {
  if (typeof value === 'string')
    throw malformed(place, 'it must be a reference to a secret, not the secret itself: { file: PATH }')
  const fields = asObject(value, place)
  if (kind === 'key' && isSignerReference(fields)) return parseSignerReference(fields, place)
  const { file, keyring, ...rest } = fields
  rejectUnknown(rest, place, kind === 'key' ? ['file', 'keyring', 'sshAgent', 'command'] : ['file', 'keyring'])
  if (typeof file === 'string' && file !== '' && keyring === undefined) return { file }
  if (typeof keyring === 'string' && keyring !== '' && file === undefined) return { keyring }
  throw malformed(place, `it needs either file or keyring${kind === 'key' ? ', or sshAgent or command' : ''}`)
}

/**
 * Returns the JSON schema of the profiles file, for editors.
 *
 * @see https://json-schema.org/draft/2020-12
 * @example
 * console.log(JSON.stringify(profilesSchema(), undefined, 2))
 */
export function profilesSchema(): object {
  const text = { type: 'string', minLength: 1 }
  const properties = Object.fromEntries(
    profileFields.map(({ name, kind, meaning }) => [name, { description: meaning, ...schemaOf(kind) }]),
  )
  const profile = { type: 'object', additionalProperties: false, properties }
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Profiles of connect-okta',
    type: 'object',
    additionalProperties: false,
    properties: {
      default: { description: 'The profile that is used if none is selected.', ...text },
      profiles: { type: 'object', propertyNames: { pattern: profileName.source }, additionalProperties: profile },
    },
  }

  function schemaOf(kind: ProfileFieldKind): object {
    switch (kind) {
      case 'text':
        return text
      case 'list':
        return { anyOf: [text, { type: 'array', minItems: 1, items: text }] }
      case 'secret':
      case 'key': {
        const only = (name: string) => ({
          type: 'object',
          additionalProperties: false,
          required: [name],
          properties: { [name]: text },
        })
        const ofText = [only('file'), only('keyring')]
        return { oneOf: kind === 'key' ? [...ofText, ...signerSchemas(text)] : ofText }
      }
      default:
        return { enum: kind }
    }
  }
}
