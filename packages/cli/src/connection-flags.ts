import { resolve } from 'node:path'
import type { SecretReference, Settings } from '@connect-okta/core'
import type { Argv, Options } from 'yargs'
import type { CommonFlags } from './command.js'
import { readStdin } from './read-stdin.js'

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

const options = {
  profile: { describe: 'A saved connection, by its name' },
  tenant: { describe: 'The org: example.okta.com' },
  'client-id': { describe: 'The client id of the app' },
  scopes: { array: true, alias: 'scope', describe: 'What the token is for; at login okta.users.manage unless said' },
  grant: { choices: grants, describe: 'How to connect: by the key or secret if there is one, else in the browser' },
  'authorization-server': { describe: 'The id of a custom authorization server' },
  dpop: { choices: dpopModes, describe: 'Whether tokens are bound to a key; auto does as the app demands' },
  'jwk-file': { describe: 'The private key, JWK or PEM; - reads stdin' },
  'jwk-keyring': { describe: 'The private key, by its name in the keyring of the system' },
  'key-id': { describe: 'The kid of the key, where it does not name its own' },
  'client-secret-file': { describe: 'The secret of a web app; - reads stdin' },
  'api-token-file': { describe: 'A static API token instead of an app; - reads stdin' },
} as const

/** Adds the flags of a command, then the {@link ConnectionFlags}: in this order the help shows them. */
export function withConnectionFlags<T extends CommonFlags>(
  yargs: Argv<T>,
  own: Readonly<Record<string, Options>> = {},
): Argv<T & ConnectionFlags> {
  const names = Object.keys(options)
  const known = yargs
    .options(own)
    .group(Object.keys(own), 'Options:')
    .options(options)
    .string(names)
    .requiresArg(names)
    .group(names, 'Which connection:')
  return known as unknown as Argv<T & ConnectionFlags>
}

/** What the flags say, in the form of settings. Flags that were left out are left out here too. */
export async function readFlags(flags: ConnectionFlags, signal: AbortSignal): Promise<Settings> {
  const { tenant, clientId, scopes, grant, authorizationServer, dpop, jwkFile, jwkKeyring, keyId, store } = flags
  const { clientSecretFile, apiTokenFile } = flags
  const inKeyring = jwkKeyring === undefined ? undefined : { keyring: jwkKeyring }
  const key = jwkFile === undefined ? inKeyring : await fileOrStdin(jwkFile, signal)
  return {
    ...(tenant !== undefined && { tenant }),
    ...(clientId !== undefined && { clientId }),
    ...(scopes !== undefined && { scopes }),
    ...(grant !== undefined && { grant }),
    ...(authorizationServer !== undefined && { authorizationServer }),
    ...(dpop !== undefined && { dpop }),
    ...(key !== undefined && { key }),
    ...(keyId !== undefined && { keyId }),
    ...(clientSecretFile !== undefined && { clientSecret: await fileOrStdin(clientSecretFile, signal) }),
    ...(apiTokenFile !== undefined && { apiToken: await fileOrStdin(apiTokenFile, signal) }),
    ...(store !== undefined && { store }),
  }
}

async function fileOrStdin(file: string, signal: AbortSignal): Promise<SecretReference> {
  return file === '-' ? { text: await readStdin(signal) } : { file: resolve(file) }
}
