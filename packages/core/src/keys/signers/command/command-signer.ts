import { hash } from 'node:crypto'
import { basename } from 'node:path'
import { currentEnvironment, type Environment } from '../../../environment.js'
import { optionsInvalid } from '../../../errors.js'
import { quoted } from '../../../safe-text.js'
import type { ClientKeyAlgorithm } from '../../algorithms.js'
import { runProgram } from '../../identity/run-command.js'
import { algorithmsOf, type ClientSigner, validSigner } from '../client-signer.js'
import { parsePublicJwk } from '../public-jwk.js'
import { type SignatureFormat, signatureFormats } from '../signature-format.js'
import { explained } from './command-errors.js'
import { type CommandInput, commandInputs } from './command-inputs.js'
import { readSignature } from './read-signature.js'

/** Options of {@link commandSigner}. */
export interface CommandSignerOptions {
  /**
   * The program and its arguments. No shell runs it, so no character is special. The program has no terminal, and its environment has no
   * variable that begins with `CONNECT_OKTA_` or `OKTA_CLIENT_`.
   */
  readonly command: readonly string[]
  /** The public key: a JWK, or PEM. Its `alg` is the signature algorithm. */
  readonly publicKey: string | object
  /** The `kid` of a public key that has none. */
  readonly keyId?: string
  /** Default: the `alg` of the public key, else `RS256` or the algorithm of its curve. */
  readonly algorithm?: ClientKeyAlgorithm
  /** What the command reads. The digest is SHA-256, SHA-384 or SHA-512, depending on the algorithm. Default: `message`. */
  readonly input?: CommandInput
  /** For an EC key. Default: detected. Whether the command prints bytes or Base64 is always detected. */
  readonly signature?: SignatureFormat
  /** How long the command may take, in milliseconds. After that it is stopped, with the programs that it started. Default: 30,000. */
  readonly timeoutMs?: number
  /** Default: the environment of this process. */
  readonly environment?: Environment
}

const defaultTimeoutMs = 30_000
const limitMarginMs = 5_000

/**
 * Returns a signer that runs a program for each signature: the command line of a key management service, of a PKCS#11 token, or of a
 * TPM. The program reads the data from its standard input and prints the signature.
 *
 * @throws {@link OktaConnectError} `options_invalid`, `private_key_invalid`. Later, from the signer: `signer_failed`
 * @example
 * const signer = commandSigner({
 *   command: ['openssl', 'dgst', '-sha256', '-provider', 'tpm2', '-provider', 'default', '-sign', 'handle:0x81000001'],
 *   publicKey: await readFile('public.pem', 'utf8'),
 * })
 */
export function commandSigner(options: CommandSignerOptions): ClientSigner {
  const {
    input = 'message',
    signature: format,
    timeoutMs = defaultTimeoutMs,
    environment = currentEnvironment(),
  } = options
  const [program, ...args] = parseCommand(options.command)
  requireOneOf(input, commandInputs, 'input')
  if (format !== undefined) requireOneOf(format, signatureFormats, 'signature format')
  const jwk = parsePublicJwk(options.publicKey, 'public key of the command', options.keyId)
  const algorithm = options.algorithm ?? (jwk.alg as ClientKeyAlgorithm | undefined) ?? algorithmsOf(jwk)[0] ?? 'RS256'
  const name = `The command ${quoted(basename(program))}`
  const { variables } = environment
  return validSigner({
    algorithm,
    publicJwk: jwk,
    name,
    // The program has its own limit.
    timeoutMs: timeoutMs + limitMarginMs,
    async sign(data, { signal } = {}) {
      try {
        const run = { input: inputFrom(data, input, algorithm), timeoutMs, signal, variables }
        return readSignature(await runProgram(program, args, run), { jwk, format })
      } catch (error) {
        throw explained(error, { name, args, timeoutMs, variables })
      }
    },
  })
}

function parseCommand(command: readonly string[]): readonly [string, ...string[]] {
  const isList = Array.isArray(command) && command.every(part => typeof part === 'string' && !part.includes('\0'))
  const [program = '', ...args] = isList ? command : []
  if (program.trim() !== '') return [program, ...args]
  throw optionsInvalid(
    'The command is not a list of a program and its arguments.',
    "Use a list, because no shell runs it: ['openssl', 'dgst', '-sha256', '-sign', 'key.pem'].",
  )
}

function requireOneOf(word: string, words: readonly string[], what: string): void {
  if (words.includes(word)) return
  throw optionsInvalid(`There is no ${what} of a command named ${quoted(word)}.`, `Use ${words.join(', ')}.`)
}

function inputFrom(data: Uint8Array, input: CommandInput, algorithm: ClientKeyAlgorithm): Uint8Array {
  const bytes = Buffer.from(input.startsWith('digest') ? hash(`sha${algorithm.slice(2)}`, data, 'buffer') : data)
  return input.endsWith('-base64') ? Buffer.from(bytes.toString('base64')) : bytes
}
