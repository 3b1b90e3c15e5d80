import { type ClientKeyType, clientKeyTypes, generateClientKey, saveClientKey } from '@connect-okta/core/keys'
import type { Command } from '../command.js'
import type { ConnectionFlags } from '../connection/connection-flags.js'
import type { Rotation } from '../connection/rotate-key.js'
import { absolutePath } from '../input/absolute-path.js'
import type { Terminal } from '../output/terminal.js'

interface KeygenFlags extends ConnectionFlags {
  readonly type: ClientKeyType | undefined
  readonly file: string | undefined
  readonly keyring: string | undefined
  readonly rotate: boolean
}

const where = 'Applications > your app > General > Client Credentials > Edit: Public key / Private key, Add key'

/** `connect-okta keygen`: generates a client key. */
export const command: Command<KeygenFlags> = {
  hasConnectionFlags: true,
  options: {
    type: {
      type: 'string',
      requiresArg: true,
      choices: clientKeyTypes,
      describe: 'The type of the key; default: RSA-2048, or with --rotate the type of the old key',
    },
    file: {
      type: 'string',
      requiresArg: true,
      conflicts: 'keyring',
      describe: 'The file for the private key (mode 0600), or - for stdout; default: okta-key.json',
    },
    keyring: {
      type: 'string',
      requiresArg: true,
      describe: 'The name for the private key in the keyring of the system, instead of a file',
    },
    rotate: {
      type: 'boolean',
      default: false,
      describe: 'Generate a key that replaces that of the profile, --jwk-file or --jwk-keyring',
    },
  },
  examples: [
    ['$0 keygen', 'Write the private key to okta-key.json, and print the public key'],
    ['$0 keygen --type P-256 --keyring okta-production', 'Store the private key in the keyring'],
    ['$0 keygen --rotate --profile ci', 'Generate a new key for the profile ci'],
  ],

  async run(flags, terminal) {
    const rotation = flags.rotate
      ? await (await import('../connection/rotate-key.js')).beginRotation(flags, terminal)
      : undefined
    const place = placeOf(flags, rotation, terminal)
    const { type = rotation?.type, keyId } = flags
    const { privateJwk, publicJwk } = await generateClientKey({
      ...(type !== undefined && { type }),
      ...(keyId !== undefined && { keyId }),
    })
    const isReadByUser = terminal.isStdoutTerminal && !flags.json
    const text = (jwk: object) => JSON.stringify(jwk, undefined, isReadByUser ? 2 : undefined)
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
  return typeof place === 'string'
    ? `is in ${place}, which only you can read`
    : `is in the keyring, with the name ${place.keyring}`
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
