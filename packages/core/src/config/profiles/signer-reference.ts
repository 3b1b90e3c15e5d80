import { resolve } from 'node:path'
import { type Environment, expandHome } from '../../environment.js'
import type { ClientSigner } from '../../keys/signers/client-signer.js'
import { type CommandInput, commandInputs } from '../../keys/signers/command/command-inputs.js'
import { type SignatureFormat, signatureFormats } from '../../keys/signers/signature-format.js'
import { asObject, malformed, rejectUnknown } from './malformed.js'

/** A program that signs with the client key. */
export interface CommandReference {
  /** The program and its arguments. */
  readonly command: readonly string[]
  /** The public JWK of the key. */
  readonly jwk: Readonly<Record<string, string>>
  readonly input?: CommandInput
  readonly signature?: SignatureFormat
  readonly timeoutMs?: number
}

/** A reference to a client key that only its signer has: in an ssh-agent, by its fingerprint or comment, or behind a command. */
export type SignerReference = { readonly sshAgent: string } | CommandReference

/** Returns whether a reference to a client key refers to a signer. */
export function isSignerReference(reference: object): reference is SignerReference {
  return 'sshAgent' in reference || 'command' in reference
}

const privateMembers = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k']
const maxTimeoutMs = 10 * 60_000

/**
 * Validates a reference to a signer.
 *
 * @param place the name of the setting, for errors
 * @param folder the folder from which a relative path of a program counts. Default: the path stays relative
 * @throws {@link OktaConnectError} `options_invalid` with the location of the fault, also for a private key
 * @example parseSignerReference({ sshAgent: 'okta-production' }, 'connections.users.key')
 */
export function parseSignerReference(fields: Record<string, unknown>, place: string, folder?: string): SignerReference {
  const reference = 'sshAgent' in fields ? parseAgent(fields, place) : parseCommand(fields, place)
  return folder === undefined ? reference : signerInFolder(reference, folder)
}

function parseAgent(fields: Record<string, unknown>, place: string): SignerReference {
  rejectUnknown(fields, place, ['sshAgent'])
  if (isText(fields.sshAgent)) return { sshAgent: fields.sshAgent }
  throw malformed(`${place}.sshAgent`, 'it is not the fingerprint or the comment of a key')
}

function parseCommand(fields: Record<string, unknown>, place: string): CommandReference {
  rejectUnknown(fields, place, ['command', 'jwk', 'input', 'signature', 'timeoutMs'])
  const { command, input, signature, timeoutMs } = fields
  const [program, ...args] = Array.isArray(command) ? command : []
  if (!isText(program) || !args.every(arg => typeof arg === 'string')) {
    throw malformed(`${place}.command`, 'it is not a list of a program and its arguments')
  }
  const hasTime = typeof timeoutMs === 'number' && timeoutMs > 0 && timeoutMs <= maxTimeoutMs
  if (timeoutMs !== undefined && !hasTime) {
    throw malformed(`${place}.timeoutMs`, `it is not a number of milliseconds up to ${maxTimeoutMs}`)
  }
  return {
    command: [program, ...args],
    jwk: parseJwk(fields.jwk, `${place}.jwk`),
    ...(input !== undefined && { input: oneOf(commandInputs, input, `${place}.input`) }),
    ...(signature !== undefined && { signature: oneOf(signatureFormats, signature, `${place}.signature`) }),
    ...(hasTime && { timeoutMs }),
  }
}

function parseJwk(value: unknown, place: string): Readonly<Record<string, string>> {
  const jwk = asObject(value, place)
  if (privateMembers.some(member => member in jwk)) {
    throw malformed(place, 'it must contain only the public key, not the private key')
  }
  // Other members, such as those of a certificate, are not used.
  const texts = Object.entries(jwk).filter((entry): entry is [string, string] => typeof entry[1] === 'string')
  return Object.fromEntries(texts)
}

function oneOf<T extends string>(words: readonly T[], value: unknown, place: string): T {
  const word = words.find(one => one === value)
  if (word !== undefined) return word
  throw malformed(place, `it is not one of ${words.join(', ')}`)
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.trim() !== ''
}

/** A reference with an absolute path of the program, unless it is a name that `PATH` resolves. */
export function signerInFolder(reference: SignerReference, folder: string): SignerReference {
  if ('sshAgent' in reference) return reference
  const [program = '', ...args] = reference.command
  return /[\\/]/.test(program) && !/^~[\\/]/.test(program)
    ? { ...reference, command: [resolve(folder, program), ...args] }
    : reference
}

/**
 * Returns the signer that a reference names. An ssh-agent is asked for its keys; a command is not run.
 *
 * @throws {@link OktaConnectError} `signer_failed` if the agent does not have the key, `private_key_invalid`, `options_invalid`
 */
export async function signerOf(
  reference: SignerReference,
  { keyId, environment }: { readonly keyId?: string | undefined; readonly environment: Environment },
): Promise<ClientSigner> {
  const ofKey = { environment, ...(keyId !== undefined && { keyId }) }
  // Loaded when they are needed: most programs have the key in a file.
  if ('sshAgent' in reference) {
    const { sshAgentSigner } = await import('../../keys/signers/ssh-agent/ssh-agent-signer.js')
    return await sshAgentSigner(reference.sshAgent, ofKey)
  }
  const { commandSigner } = await import('../../keys/signers/command/command-signer.js')
  const { command, jwk, ...options } = reference
  const [program = '', ...args] = command
  return commandSigner({ ...options, ...ofKey, command: [expandHome(program, environment), ...args], publicKey: jwk })
}

/** The JSON schemas of a reference to a signer. */
export function signerSchemas(text: object): readonly object[] {
  const map = (required: readonly string[], properties: object) => {
    return { type: 'object', additionalProperties: false, required, properties }
  }
  return [
    map(['sshAgent'], { sshAgent: { description: 'The SHA-256 fingerprint of the key, or its comment.', ...text } }),
    map(['command', 'jwk'], {
      command: {
        description: 'The program that signs, and its arguments.',
        type: 'array',
        minItems: 1,
        items: { type: 'string' },
      },
      jwk: { description: 'The public JWK of the key.', type: 'object' },
      input: { description: 'What the program reads. Default: message.', enum: commandInputs },
      signature: {
        description: 'The format of the signature of an EC key. Default: detected.',
        enum: signatureFormats,
      },
      timeoutMs: {
        description: 'How long the program may take, in milliseconds. Default: 30000.',
        type: 'integer',
        minimum: 1,
        maximum: maxTimeoutMs,
      },
    }),
  ]
}
