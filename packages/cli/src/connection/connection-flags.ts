import type { SecretReference, Settings } from '@connect-okta/core/profiles'
import type { CommonFlags, FlagTable } from '../command.js'
import { readStdin } from '../input/read-input.js'
import type { Io } from '../io.js'

const grants = ['authorization_code', 'device_code', 'client_credentials'] as const
const dpopModes = ['auto', 'always', 'never'] as const

/** The flags that say which connection is meant. */
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
  readonly clientSecretFile?: string | undefined
  readonly apiTokenFile?: string | undefined
}

const text = { type: 'string', requiresArg: true } as const

/** The flags that say which connection is meant: those of {@link ConnectionFlags}. */
export const connectionFlags = {
  profile: { ...text, describe: 'A saved connection, by its name' },
  tenant: { ...text, describe: 'The org: example.okta.com' },
  'client-id': { ...text, describe: 'The client id of the app' },
  scopes: {
    ...text,
    array: true,
    alias: 'scope',
    describe: 'What the token is for; at login okta.users.manage unless said',
  },
  grant: {
    ...text,
    choices: grants,
    describe: 'How to connect: by the key or secret if there is one, else in the browser',
  },
  'authorization-server': { ...text, describe: 'The id of a custom authorization server' },
  dpop: { ...text, choices: dpopModes, describe: 'Whether tokens are bound to a key; auto does as the app demands' },
  'jwk-file': { ...text, describe: 'The private key, JWK or PEM; - reads stdin' },
  'jwk-keyring': { ...text, describe: 'The private key, by its name in the keyring of the system' },
  'key-id': { ...text, describe: 'The kid of the key, where it does not name its own' },
  'client-secret-file': { ...text, describe: 'The secret of a web app; - reads stdin' },
  'api-token-file': { ...text, describe: 'A static API token instead of an app; - reads stdin' },
} as const satisfies FlagTable

/** What the flags say, in the form of settings. Flags that were left out are left out here too. */
export async function readFlags(flags: ConnectionFlags, io: Io): Promise<Settings> {
  const { tenant, clientId, scopes, grant, authorizationServer, dpop, jwkFile, jwkKeyring, keyId, store } = flags
  const { clientSecretFile, apiTokenFile } = flags
  const inKeyring = jwkKeyring === undefined ? undefined : { keyring: jwkKeyring }
  const key = jwkFile === undefined ? inKeyring : await fileOrStdin(jwkFile, io)
  return {
    ...(tenant !== undefined && { tenant }),
    ...(clientId !== undefined && { clientId }),
    ...(scopes !== undefined && { scopes }),
    ...(grant !== undefined && { grant }),
    ...(authorizationServer !== undefined && { authorizationServer }),
    ...(dpop !== undefined && { dpop }),
    ...(key !== undefined && { key }),
    ...(keyId !== undefined && { keyId }),
    ...(clientSecretFile !== undefined && { clientSecret: await fileOrStdin(clientSecretFile, io) }),
    ...(apiTokenFile !== undefined && { apiToken: await fileOrStdin(apiTokenFile, io) }),
    ...(store !== undefined && { store }),
  }
}

async function fileOrStdin(file: string, io: Io): Promise<SecretReference> {
  return file === '-' ? { text: String(await readStdin(io)) } : { file }
}
