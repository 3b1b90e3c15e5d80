import { z } from 'zod'
import { managedKey } from './managed-key.js'
import { text } from './values.js'

const rule =
  'must have one of file, keyring, sshAgent, command or managed: for example { file: PATH }, { keyring: NAME } or { managed: { rotateEvery: 30d } }'

const sources = ['file', 'keyring', 'sshAgent', 'command', 'managed'] as const
const ofCommand = ['jwk', 'input', 'signature', 'timeoutMs'] as const
/** The settings of the key of an app. */
export const appKeySettings = [...sources, ...ofCommand]

/** The key of an app: a reference to its text, a signer, or a key that the broker creates. The core checks the settings of a signer. */
export const appKey = z
  .strictObject(
    {
      file: text.optional(),
      keyring: text.optional(),
      sshAgent: text.describe('The SHA-256 fingerprint of a key in the ssh-agent, or its comment.').optional(),
      command: z.array(z.string()).min(1).describe('The program that signs, and its arguments.').optional(),
      jwk: z.record(z.string(), z.unknown()).describe('The public JWK of the key of the command.').optional(),
      input: z.string().describe('What the command reads. Default: message.').optional(),
      signature: z.string().describe('The format of the signature, for an EC key. Default: detected.').optional(),
      timeoutMs: z.number().describe('The maximum duration of a signature, in milliseconds.').optional(),
      managed: managedKey.optional(),
    },
    { error: ({ code }) => (code === 'invalid_type' || code === 'unrecognized_keys' ? rule : undefined) },
  )
  .refine(given => sources.filter(name => given[name] !== undefined).length === 1, rule)
  .refine(
    given => given.command !== undefined || ofCommand.every(name => given[name] === undefined),
    `${ofCommand.join(', ')}: only with command`,
  )
