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
import { absolutePath } from '../input/absolute-path.js'
import { listFlag } from '../input/list-flag.js'
import { readStdin } from '../input/read-input.js'
import type { Io } from '../io.js'

// A static API token is selected by its file.
const grants = selectableGrants.filter(grant => grant !== 'api_token')

/** The flags that select a connection. */
export interface ConnectionFlags extends CommonFlags {
  readonly profile?: string | undefined
  readonly tenant?: string | undefined
  readonly broker?: string | undefined
  readonly connection?: string | undefined
  readonly clientId?: string | undefined
  readonly scopes?: readonly string[] | undefined
  readonly grant?: (typeof grants)[number] | undefined
  readonly authorizationServer?: string | undefined
  readonly dpop?: (typeof dpopModes)[number] | undefined
  readonly jwkFile?: string | undefined
  readonly jwkKeyring?: string | undefined
  readonly sshAgent?: string | undefined
  readonly keyId?: string | undefined
  readonly keyPassphraseFile?: string | undefined
  readonly clientSecretFile?: string | undefined
  readonly apiTokenFile?: string | undefined
  readonly identityTokenFile?: string | undefined
}

const text = { type: 'string', requiresArg: true } as const

const advanced = { ...text, isAdvanced: true } as const

/** The flags that select a connection: those of {@link ConnectionFlags}. */
export const connectionFlags = {
  profile: { ...text, valueName: 'NAME', describe: 'The saved connection to use' },
  tenant: { ...text, valueName: 'HOST', describe: 'The Okta org, such as example.okta.com' },
  'client-id': {
    ...text,
    valueName: 'ID',
    alias: 'client',
    describe: 'The client ID of the app; with --broker, the name of the client',
  },
  scopes: {
    ...listFlag,
    valueName: 'SCOPES',
    alias: 'scope',
    describe: 'The scopes of the token, separated by spaces or commas',
  },
  'jwk-file': {
    ...text,
    valueName: 'FILE',
    describe: 'The file with the private key of the app, as JWK, PEM or DER; - for stdin',
  },
  'jwk-keyring': {
    ...advanced,
    valueName: 'NAME',
    describe: 'The name of the private key in the system keyring',
  },
  'ssh-agent': {
    ...advanced,
    valueName: 'KEY',
    conflicts: ['jwk-file', 'jwk-keyring'],
    describe: 'The private key in the ssh-agent: its SHA-256 fingerprint or its comment',
  },
  'key-id': { ...advanced, valueName: 'KID', describe: 'The kid to use if the private key contains none' },
  'key-passphrase-file': {
    ...advanced,
    valueName: 'FILE',
    describe: 'The file with the passphrase of the private key; - for stdin',
  },
  'client-secret-file': {
    ...advanced,
    valueName: 'FILE',
    describe: 'The file with the client secret of the app; - for stdin',
  },
  'api-token-file': {
    ...advanced,
    valueName: 'FILE',
    describe: 'The file with a static API token to use instead of an app; - for stdin',
  },
  grant: {
    ...advanced,
    choices: grants,
    valueName: 'GRANT',
    describe: 'The grant type; default: client_credentials with a key or secret, else authorization_code',
  },
  'authorization-server': {
    ...advanced,
    valueName: 'ID',
    describe: 'The ID of a custom authorization server, such as default',
  },
  dpop: {
    ...advanced,
    choices: dpopModes,
    describe: 'Whether to use DPoP-bound tokens; auto: only if the app requires DPoP',
  },
  broker: {
    ...advanced,
    valueName: 'URL',
    describe: 'The URL of a broker to get the token from. With --broker, --tenant is the org that you expect',
  },
  connection: {
    ...advanced,
    valueName: 'NAME',
    describe: 'The connection to use at the broker; required if the client has several',
  },
  'identity-token-file': {
    ...advanced,
    valueName: 'FILE',
    describe:
      'The file with the identity token for the broker; default: the identity token of the CI platform or Kubernetes',
  },
} as const satisfies FlagTable

/** The settings that the flags give. */
export async function readFlags(flags: ConnectionFlags, io: Io): Promise<Settings> {
  const {
    tenant,
    broker,
    connection,
    clientId,
    scopes,
    grant,
    authorizationServer,
    dpop,
    jwkFile,
    jwkKeyring,
    sshAgent,
    keyId,
    store,
  } = flags
  const { keyPassphraseFile, clientSecretFile, apiTokenFile, identityTokenFile } = flags
  rejectTwoInputs(flags)
  rejectWithBroker(flags)
  const inAgent = sshAgent === undefined ? undefined : { sshAgent }
  const inKeyring = jwkKeyring === undefined ? inAgent : { keyring: jwkKeyring }
  const key = jwkFile === undefined ? inKeyring : await fileOrStdin(jwkFile, io, keyTextFrom)
  return {
    ...(tenant !== undefined && { tenant }),
    ...(broker !== undefined && { broker }),
    ...(connection !== undefined && { connection }),
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
    ...(identityTokenFile !== undefined && { identityTokenFile: absolutePath(identityTokenFile, io) }),
    ...(store !== undefined && { store }),
  }
}

// What only an org accepts.
const flagsOfOrg = [
  ['authorizationServer', '--authorization-server'],
  ['dpop', '--dpop'],
  ['apiTokenFile', '--api-token-file'],
  ['redirectUri', '--redirect-uri'],
  ['loginHint', '--login-hint'],
  ['device', '--device'],
  ['manual', '--manual'],
] as const satisfies readonly (readonly [
  keyof ConnectionFlags | 'redirectUri' | 'loginHint' | 'device' | 'manual',
  string,
])[]

function rejectWithBroker(flags: ConnectionFlags): void {
  const { broker, grant } = flags
  const given: Readonly<Record<string, unknown>> = { ...flags }
  const ofOrg = flagsOfOrg.find(([name]) => given[name] !== undefined && given[name] !== false)?.[1]
  const conflicting = ofOrg ?? (grant !== undefined && grant !== 'client_credentials' ? `--grant ${grant}` : undefined)
  if (broker === undefined || conflicting === undefined) return
  throw cannotBeCombined(
    '--broker',
    conflicting,
    'Omit one of them. The configuration of the broker determines how it connects to Okta.',
  )
}

/**
 * Rejects flags that only a broker accepts, if the settings name none.
 *
 * @throws `OktaConnectError` `options_invalid`
 */
export function rejectWithoutBroker({ connection, identityTokenFile }: ConnectionFlags, { broker }: Settings): void {
  const given = connection !== undefined ? '--connection' : '--identity-token-file'
  if (broker !== undefined || (connection ?? identityTokenFile) === undefined) return
  throw new OktaConnectError('options_invalid', `${given} has no effect without a broker.`, {
    hint: 'Add --broker URL, or select a profile that has a broker with --profile.',
  })
}

/** The error for two flags that exclude each other. */
export function cannotBeCombined(one: string, other: string, hint: string): OktaConnectError {
  return new OktaConnectError('options_invalid', `${one} and ${other} cannot be combined.`, { hint })
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
    hint: 'Pass the others as files that only you can read.',
  })
}
