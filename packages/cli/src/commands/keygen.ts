import { OktaConnectError } from '@connect-okta/core'
import {
  type ClientKeyType,
  type CommandInput,
  clientKeyTypes,
  commandInputs,
  generateClientKey,
  type SignatureFormat,
  saveClientKey,
  signatureFormats,
} from '@connect-okta/core/keys'
import type { Command } from '../command.js'
import { type ConnectionFlags, connectionFlags } from '../connection/connection-flags.js'
import type { Rotation } from '../connection/rotate-key.js'
import { absolutePath } from '../input/absolute-path.js'
import type { Terminal } from '../output/terminal.js'

interface KeygenFlags extends ConnectionFlags {
  readonly type: ClientKeyType | undefined
  readonly file: string | undefined
  readonly keyring: string | undefined
  readonly rotate: boolean
  readonly command: boolean
  readonly publicKey: string | undefined
  readonly signInput: CommandInput | undefined
  readonly signature: SignatureFormat | undefined
}

const where = 'Applications > your app > General > Client Credentials > Edit: Public key / Private key, Add key'

// A key has none of them. They are accepted, because --rotate reads the key of a connection.
const withoutEffect = Object.fromEntries(
  (
    [
      ...([
        'scopes',
        'grant',
        'authorization-server',
        'dpop',
        'client-secret-file',
        'api-token-file',
        'broker',
      ] as const),
      ...(['connection', 'identity-token-file'] as const),
    ] as const
  ).map(name => [name, { ...connectionFlags[name], hidden: true }]),
)

/** `connect-okta keygen`: generates a client key, or prints the public key of one that stays where it is. */
export const command: Command<KeygenFlags> = {
  hasConnectionFlags: true,
  programUsage: '[-- COMMAND]',
  options: {
    ...withoutEffect,
    type: {
      type: 'string',
      requiresArg: true,
      choices: clientKeyTypes,
      valueName: 'TYPE',
      describe: 'The key type; default: RSA-2048, or with --rotate the type of the old key',
    },
    file: {
      type: 'string',
      requiresArg: true,
      conflicts: 'keyring',
      valueName: 'FILE',
      describe: 'The file for the private key, or - for stdout; default: okta-key.json',
    },
    keyring: {
      type: 'string',
      requiresArg: true,
      valueName: 'NAME',
      describe: 'Store the private key in the system keyring, with this name',
    },
    rotate: {
      type: 'boolean',
      default: false,
      describe: 'Generate a new key to replace the one in the profile, in --jwk-file or in --jwk-keyring',
    },
    command: {
      type: 'boolean',
      default: false,
      isAdvanced: true,
      describe:
        'Run the command after --, check that it signs with the private key of --public-key, and print the public key as a JWK',
    },
    'public-key': {
      type: 'string',
      requiresArg: true,
      valueName: 'FILE',
      isAdvanced: true,
      describe: 'The public key for --command, as PEM or JWK, or - for stdin',
    },
    'sign-input': {
      type: 'string',
      requiresArg: true,
      choices: commandInputs,
      valueName: 'INPUT',
      isAdvanced: true,
      describe: 'What the command reads on stdin; default: message',
    },
    signature: {
      type: 'string',
      requiresArg: true,
      choices: signatureFormats,
      isAdvanced: true,
      valueName: 'FORMAT',
      describe: 'The format of the signature; default: detected',
    },
  },
  examples: [
    ['$0 keygen', 'Write a private key to okta-key.json, and print the public key'],
    ['$0 keygen --type P-256 --keyring okta-production', 'Store the private key in the keyring'],
    ['$0 keygen --rotate --profile ci', 'Generate a new key for the profile ci'],
    ['$0 keygen --ssh-agent SHA256:uNiV…', 'Print the public key of a key in the ssh-agent'],
    [
      '$0 keygen --command --public-key public.pem -- pkcs11-tool --sign …',
      'Test a key in an HSM, and print its public key',
    ],
  ],

  async run(flags, terminal) {
    const isReadByUser = terminal.isStdoutTerminal && !flags.json
    const text = (jwk: object) => JSON.stringify(jwk, undefined, isReadByUser ? 2 : undefined)
    const elsewhere = flags.rotate ? undefined : await keyElsewhere(flags, terminal)
    if (elsewhere !== undefined) {
      terminal.answer(text(elsewhere.publicJwk))
      return terminal.info(`Paste the public key into Okta: ${where}.\n${elsewhere.nextStep}`)
    }
    const rotation = flags.rotate
      ? await (await import('../connection/rotate-key.js')).beginRotation(flags, terminal)
      : undefined
    const place = placeOf(flags, rotation, terminal)
    const { type = rotation?.type, keyId } = flags
    const { privateJwk, publicJwk } = await generateClientKey({
      ...(type !== undefined && { type }),
      ...(keyId !== undefined && { keyId }),
    })
    if (place === stdout) {
      terminal.answer(text(privateJwk))
      terminal.error(text(publicJwk))
    } else {
      await saveClientKey(place, privateJwk)
      terminal.answer(text(publicJwk))
    }
    if (rotation === undefined) printNextSteps(place, terminal)
    else rotation.printNextSteps(flagFor(place), describePlace(place), where)
  },
}

/** A key that stays where it is: in an ssh-agent, or behind a command. */
interface KeyElsewhere {
  readonly publicJwk: object
  readonly nextStep: string
}

async function keyElsewhere(flags: KeygenFlags, terminal: Terminal): Promise<KeyElsewhere | undefined> {
  const { sshAgent, command, publicKey: publicKeyFile, signInput: input, signature, keyId, type, file, keyring } = flags
  const { program } = terminal
  if (!command && (program ?? publicKeyFile ?? input ?? signature) !== undefined) {
    throw invalid('A command, --public-key, --sign-input and --signature need --command.', signingExample)
  }
  if (sshAgent === undefined && !command) return undefined
  if ((type ?? file ?? keyring) !== undefined || (sshAgent !== undefined && command)) {
    const hint =
      'Use either --ssh-agent or --command, without --type, --file and --keyring, because no key is generated.'
    throw invalid('These options cannot be combined.', hint)
  }
  const { commandPublicKey, sshAgentPublicKey } = await import('../connection/signer-public-key.js')
  if (sshAgent !== undefined) {
    const publicJwk = await sshAgentPublicKey(sshAgent, keyId, terminal)
    const nextStep =
      'Then connect with the same key: connect-okta login --tenant example.okta.com --client-id 0oa… --ssh-agent KEY'
    return { publicJwk, nextStep }
  }
  if (program === undefined || program.length === 0) throw invalid('Missing command after --.', signingExample)
  if (publicKeyFile === undefined) throw invalid('Missing required option: --public-key.', signingExample)
  const publicJwk = await commandPublicKey({ command: program, publicKeyFile, keyId, input, signature }, terminal)
  const nextStep =
    'Then save the command and this public key in a profile: key: { command: […], jwk: {…} }. See https://connect-okta.github.io/connect-okta/signers'
  return { publicJwk, nextStep }
}

const signingExample =
  'For example: connect-okta keygen --command --public-key public.pem -- pkcs11-tool --sign --id 01'

function invalid(message: string, hint: string): OktaConnectError {
  return new OktaConnectError('options_invalid', message, { hint })
}

const stdout = '-'
/** The path of a file, or {@link stdout}, or a name in the keyring. */
type Place = string | { readonly keyring: string }

function placeOf({ file, keyring }: KeygenFlags, rotation: Rotation | undefined, terminal: Terminal): Place {
  if (keyring !== undefined) return { keyring }
  if (file === stdout) return stdout
  return file === undefined
    ? (rotation?.place ?? absolutePath('okta-key.json', terminal.io))
    : absolutePath(file, terminal.io)
}

function describePlace(place: Place): string {
  if (place === stdout) return 'was written to stdout'
  return typeof place === 'string' ? `is in ${place}` : `is in the keyring, with the name ${place.keyring}`
}

function flagFor(place: Place): string {
  if (place === stdout) return '--jwk-file FILE'
  return typeof place === 'string' ? `--jwk-file ${place}` : `--jwk-keyring ${place.keyring}`
}

function printNextSteps(place: Place, terminal: Terminal): void {
  terminal.info(
    [
      `The private key ${describePlace(place)}. Never share it.`,
      `Paste the public key${terminal.isStdoutTerminal || place === stdout ? ' above' : ''} into Okta: ${where}.`,
      `Then: connect-okta login --tenant example.okta.com --client-id 0oa… ${flagFor(place)}`,
    ].join('\n'),
  )
}
