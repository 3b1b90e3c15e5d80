import { createPublicKey, randomBytes, verify } from 'node:crypto'
import { OktaConnectError } from '@connect-okta/core'
import {
  type ClientSigner,
  type CommandInput,
  commandSigner,
  keyTextFrom,
  publicJwkOf,
  type SignatureFormat,
  sshAgentSigner,
} from '@connect-okta/core/keys'
import { readFileOrStdin } from '../input/read-input.js'
import type { Terminal } from '../output/terminal.js'

type PublicKey = ReturnType<typeof publicJwkOf>

/**
 * The public key of a key in an ssh-agent.
 *
 * @throws {@link OktaConnectError} as `sshAgentSigner` does
 */
export async function sshAgentPublicKey(
  key: string,
  keyId: string | undefined,
  { io, signal }: Terminal,
): Promise<PublicKey> {
  const options = { environment: io.environment, signal, ...(keyId !== undefined && { keyId }) }
  return publicJwkOf(await sshAgentSigner(key, options))
}

/** How a command signs. */
export interface SigningCommand {
  readonly command: readonly string[]
  /** The file of the public key; `-` reads stdin. */
  readonly publicKeyFile: string
  readonly keyId: string | undefined
  readonly input: CommandInput | undefined
  readonly signature: SignatureFormat | undefined
}

/**
 * The public key of a key behind a command, after one signature has shown that the command has its private half.
 *
 * @throws {@link OktaConnectError} `private_key_invalid`, `signer_failed`
 */
export async function commandPublicKey(
  { command, publicKeyFile, keyId, input, signature }: SigningCommand,
  { io, signal }: Terminal,
): Promise<PublicKey> {
  const publicKey = keyTextFrom(await readFileOrStdin(publicKeyFile, 'public key', io))
  const signer = commandSigner({
    command,
    publicKey,
    environment: io.environment,
    ...(keyId !== undefined && { keyId }),
    ...(input !== undefined && { input }),
    ...(signature !== undefined && { signature }),
  })
  const jwk = publicJwkOf(signer)
  await requirePair(signer, jwk, signal)
  return jwk
}

async function requirePair(signer: ClientSigner, jwk: PublicKey, signal: AbortSignal): Promise<void> {
  const data = randomBytes(64)
  const signature = await signer.sign(data, { signal })
  const key = createPublicKey({ key: { ...jwk }, format: 'jwk' })
  // RFC 7518 §3.4: an EC signature is r and s, not DER.
  if (verify(`sha${signer.algorithm.slice(2)}`, data, { key, dsaEncoding: 'ieee-p1363' }, signature)) return
  throw new OktaConnectError('signer_failed', 'The command signs with a different key than --public-key.', {
    hint: 'Check which key the command uses, and --sign-input. Then export the public key again.',
  })
}
