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

/** `connect-okta keygen`: makes a client key. */
export const command: Command<KeygenFlags> = {
  isAboutConnection: true,
  options: {
    type: { choices: clientKeyTypes, describe: 'RSA-2048 unless said; with --rotate as the old one' },
    file: {
      type: 'string',
      requiresArg: true,
      conflicts: 'keyring',
      describe: 'Where the private key goes: a new file that you alone can read, okta-key.json unless said',
    },
    keyring: { type: 'string', requiresArg: true, describe: 'Or its name in the keyring of the system' },
    rotate: {
      type: 'boolean',
      default: false,
      describe: 'Make a key beside that of the profile, or of --jwk-file or --jwk-keyring',
    },
  },
  examples: [
    ['$0 keygen', 'The private key into okta-key.json, the public one onto stdout'],
    ['$0 keygen --type P-256 --keyring okta-production', 'Into the keyring'],
    ['$0 keygen --rotate --profile ci', 'Another one beside the key of the profile ci'],
  ],

  async run(flags, terminal) {
    const rotation = flags.rotate
      ? await (await import('../connection/rotate-key.js')).beginRotation(flags, terminal)
      : undefined
    const place = placeFor(flags, rotation, terminal)
    const { type = rotation?.type, keyId } = flags
    const { privateJwk, publicJwk } = await generateClientKey({
      ...(type !== undefined && { type }),
      ...(keyId !== undefined && { keyId }),
    })
    await saveClientKey(place, privateJwk)
    const isForPerson = terminal.isAnswerRead && !flags.json
    terminal.answer(JSON.stringify(publicJwk, undefined, isForPerson ? 2 : undefined))
    if (rotation === undefined) tellWhatNext(place, terminal)
    else rotation.tellWhatNext(flagFor(place), describePlace(place), where)
  },
}

type Place = string | { readonly keyring: string }

function placeFor({ file, keyring }: KeygenFlags, rotation: Rotation | undefined, terminal: Terminal): Place {
  if (keyring !== undefined) return { keyring }
  return file === undefined
    ? (rotation?.place ?? absolutePath('okta-key.json', terminal.io))
    : absolutePath(file, terminal.io)
}

function describePlace(place: Place): string {
  return typeof place === 'string' ? `${place}, readable by you alone` : `the keyring, by the name ${place.keyring}`
}

function flagFor(place: Place): string {
  return typeof place === 'string' ? `--jwk-file ${place}` : `--jwk-keyring ${place.keyring}`
}

function tellWhatNext(place: Place, terminal: Terminal): void {
  terminal.info(
    [
      `The private key is in ${describePlace(place)}. Show it to nobody.`,
      `Paste the public key${terminal.isAnswerRead ? ' above' : ''} into Okta: ${where}.`,
      `Then: connect-okta login --tenant example.okta.com --client-id 0oa… ${flagFor(place)}`,
    ].join('\n'),
  )
}
