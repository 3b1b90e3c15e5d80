import { OktaConnectError } from '@connect-okta/core'
import { keyTextFrom } from '@connect-okta/core/keys'
import {
  decodeText,
  dpopModes,
  type SecretReference,
  type Settings,
  selectableGrants,
} from '@connect-okta/core/profiles'
import type { CommonFlags, FlagTable } from '../command.js'
import { listFlag } from '../input/list-flag.js'
import { readStdin } from '../input/read-input.js'
import type { Io } from '../io.js'

// A static API token is selected by its file.
const grants = selectableGrants.filter(grant => grant !== 'api_token')

/** The flags that select a connection. */
export interface ConnectionFlags extends CommonFlags {
  readonly profile?: string | undefined
  readonly tenant?: string | undefined
  readonly clientId?: string | undefined
  readonly scopes?: readonly string[] | undefined
  readonly grant?: (typeof grants)[number] | undefined
  readonly authorizationServer?: string | undefined
  readonly dpop?: (typeof dpopModes)[number] | undefined
  readonly jwkFile?: string | undefined
  readonly jwkKeyring?: string | undefined
  readonly keyId?: string | undefined
  readonly keyPassphraseFile?: string | undefined
  readonly clientSecretFile?: string | undefined
  readonly apiTokenFile?: string | undefined
}

const text = { type: 'string', requiresArg: true } as const

/** The flags that select a connection: those of {@link ConnectionFlags}. */
export const connectionFlags = {
  profile: { ...text, describe: 'The name of a saved connection' },
  tenant: { ...text, describe: 'The Okta org, such as example.okta.com' },
  'client-id': { ...text, describe: 'The client ID of the app' },
  scopes: {
    ...listFlag,
    alias: 'scope',
    describe: 'The scopes of the token; default at login: okta.users.manage',
  },
  grant: {
    ...text,
    choices: grants,
    describe: 'How to connect; default: with the key or secret if one is given, else in the browser',
  },
  'authorization-server': { ...text, describe: 'The ID of a custom authorization server' },
  dpop: { ...text, choices: dpopModes, describe: 'Whether tokens are bound to a key; auto: as the app requires' },
  'jwk-file': { ...text, describe: 'The file of the private key, JWK or PEM; - reads stdin' },
  'jwk-keyring': { ...text, describe: 'The name of the private key in the keyring of the system' },
  'key-id': { ...text, describe: 'The kid of the key, if the key has none' },
  'key-passphrase-file': { ...text, describe: 'The file of the passphrase of an encrypted key; - reads stdin' },
  'client-secret-file': { ...text, describe: 'The file of the client secret; - reads stdin' },
  'api-token-file': { ...text, describe: 'The file of a static API token, instead of an app; - reads stdin' },
} as const satisfies FlagTable

/** The settings that the flags give. */
export async function readFlags(flags: ConnectionFlags, io: Io): Promise<Settings> {
  const { tenant, clientId, scopes, grant, authorizationServer, dpop, jwkFile, jwkKeyring, keyId, store } = flags
  const { keyPassphraseFile, clientSecretFile, apiTokenFile } = flags
  rejectTwoInputs(flags)
  const inKeyring = jwkKeyring === undefined ? undefined : { keyring: jwkKeyring }
  const key = jwkFile === undefined ? inKeyring : await fileOrStdin(jwkFile, io, keyTextFrom)
  return {
    ...(tenant !== undefined && { tenant }),
    ...(clientId !== undefined && { clientId }),
    ...(scopes !== undefined && { scopes }),
    ...(grant !== undefined && { grant }),
    ...(authorizationServer !== undefined && { authorizationServer }),
    ...(dpop !== undefined && { dpop }),
    ...(key !== undefined && { key }),
    ...(keyId !== undefined && { keyId }),
    ...(keyPassphraseFile !== undefined && { keyPassphrase: await fileOrStdin(keyPassphraseFile, io, secretIn) }),
    ...(clientSecretFile !== undefined && { clientSecret: await fileOrStdin(clientSecretFile, io, secretIn) }),
    ...(apiTokenFile !== undefined && { apiToken: await fileOrStdin(apiTokenFile, io, secretIn) }),
    ...(store !== undefined && { store }),
  }
}

async function fileOrStdin(file: string, io: Io, decode: (bytes: Uint8Array) => string): Promise<SecretReference> {
  return file === '-' ? { text: decode(await readStdin(io)) } : { file }
}

// The core reads a secret from a file in the same form: a passphrase may begin or end with a space.
function secretIn(bytes: Uint8Array): string {
  return decodeText(bytes).replace(/(\r\n?|\n)$/, '')
}

// Stdin can be read once.
function rejectTwoInputs(flags: ConnectionFlags & { readonly input?: string | undefined }): void {
  const { jwkFile, keyPassphraseFile, clientSecretFile, apiTokenFile, input } = flags
  const files = { 'jwk-file': jwkFile, 'key-passphrase-file': keyPassphraseFile, input }
  const all = { ...files, 'client-secret-file': clientSecretFile, 'api-token-file': apiTokenFile }
  const names = Object.entries(all).flatMap(([name, file]) =>
    file === '-' || (name === 'input' && file === '@-') ? [`--${name}`] : [],
  )
  if (names.length < 2) return
  throw new OktaConnectError('options_invalid', `Only one option can read stdin, not ${names.join(' and ')}.`, {
    hint: 'Put the others into files that only you can read.',
  })
}
