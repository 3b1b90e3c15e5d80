import { currentEnvironment, type Environment } from '../../../environment.js'
import { OktaConnectError, optionsInvalid } from '../../../errors.js'
import { quoted } from '../../../safe-text.js'
import type { ClientKeyAlgorithm } from '../../algorithms.js'
import { thumbprintOf } from '../../thumbprint.js'
import { algorithmsOf, type ClientSigner } from '../client-signer.js'
import type { PublicClientJwk } from '../public-jwk.js'
import { fromIntegers, padded, signatureBytes } from '../signature-format.js'
import { type AgentLimits, agentAddress, withAgent } from './agent-connection.js'
import { type AgentKey, jwkOf } from './agent-key.js'
import { messages } from './agent-messages.js'
import { chooseKey, parseSelector } from './choose-key.js'
import { emptyAgent, refusal } from './explain-refusal.js'
import { listKeys } from './list-keys.js'
import { WireReader, wireString, wireUint32 } from './wire.js'

/** Options of {@link sshAgentSigner}. */
export interface SshAgentOptions {
  /** The `kid` of the public key at Okta. Default: the thumbprint of the key (RFC 7638), as {@link publicJwkOf} prints it. */
  readonly keyId?: string
  /** Default: `RS256` for an RSA key, and the algorithm of the curve for an EC key. The only other value is `RS512`, for an RSA key. */
  readonly algorithm?: ClientKeyAlgorithm
  /** How long to wait for a signature, in milliseconds. Default: 60,000, because the agent may ask the user. */
  readonly timeoutMs?: number
  /** Where `SSH_AUTH_SOCK` is read. Default: the environment of this process. */
  readonly environment?: Environment
  /** Cancels the search for the key. */
  readonly signal?: AbortSignal
}

const listTimeoutMs = 10_000
const signTimeoutMs = 60_000

// The signature algorithms of RSA keys, and the flags that request them (RFC 8332; draft-ietf-sshm-ssh-agent §3.6.1).
const rsaSignatures: Readonly<Partial<Record<ClientKeyAlgorithm, readonly [name: string, flags: number]>>> = {
  RS256: ['rsa-sha2-256', 2],
  RS512: ['rsa-sha2-512', 4],
}

/**
 * Returns a signer for a key in an ssh-agent, such as that of OpenSSH, gpg-agent, or one for a TPM or a smart card. The key must be an
 * RSA or an ECDSA key. The private key stays in the agent.
 *
 * @param key its SHA-256 fingerprint, as `ssh-add -l` prints it, or its comment.
 * @throws {@link OktaConnectError} `signer_failed` if there is no agent, or if it does not have the key; `private_key_invalid` for a type
 * that Okta does not accept; `options_invalid`. Later, from the signer: `signer_failed`, for example if the agent refuses
 * @see https://datatracker.ietf.org/doc/draft-ietf-sshm-ssh-agent/
 * @example
 * const signer = await sshAgentSigner('SHA256:uNiVztksCsDhcc0u9e8BrrQXVUpKZIDTMczCvj3tD2s')
 * const session = await connect({ tenant, clientId, signer })
 */
export async function sshAgentSigner(key: string, options: SshAgentOptions = {}): Promise<ClientSigner> {
  const { keyId, environment = currentEnvironment(), timeoutMs = signTimeoutMs, signal } = options
  const selector = parseSelector(key)
  const address = agentAddress(environment.variables)
  const keys = await listKeys(address, { timeoutMs: listTimeoutMs, signal })
  if (keys.length === 0) throw await emptyAgent(address)
  const found = chooseKey(keys, selector)
  const jwk = jwkOf(found, keyId)
  const publicJwk = { ...jwk, kid: jwk.kid ?? thumbprintOf(jwk) }
  const algorithm = options.algorithm ?? algorithmsOf(publicJwk)[0] ?? 'RS256'
  requireSupported(algorithm, publicJwk)
  return {
    algorithm,
    publicJwk,
    name: 'ssh-agent',
    timeoutMs: timeoutMs + listTimeoutMs,
    sign: (data, { signal } = {}) => sign({ address, key: found, algorithm, publicJwk }, data, { timeoutMs, signal }),
  }
}

function requireSupported(algorithm: ClientKeyAlgorithm, jwk: PublicClientJwk): void {
  const possible = algorithmsOf(jwk).filter(one => jwk.kty === 'EC' || rsaSignatures[one] !== undefined)
  if (possible.includes(algorithm)) return
  throw optionsInvalid(
    `An ssh-agent cannot sign with the algorithm ${quoted(algorithm)} and this key.`,
    `Use ${possible.join(' or ')}.`,
  )
}

interface SigningKey {
  readonly address: string
  readonly key: AgentKey
  readonly algorithm: ClientKeyAlgorithm
  readonly publicJwk: PublicClientJwk
}

async function sign(signing: SigningKey, data: Uint8Array, limits: AgentLimits): Promise<Uint8Array> {
  const { address, key, algorithm, publicJwk } = signing
  const [expected = key.type, flags = 0] = rsaSignatures[algorithm] ?? []
  const request = [Buffer.of(messages.signRequest), wireString(key.blob), wireString(data), wireUint32(flags)]
  const signature = await withAgent(address, limits, async send => {
    const response = await send(Buffer.concat(request))
    return response.byte() === messages.signResponse ? readSignature(response.string(), expected, publicJwk) : undefined
  })
  if (signature === undefined) throw await refusal(address, key)
  return signature
}

// RFC 8332 §3 for RSA, RFC 5656 §3.1.2 for ECDSA.
function readSignature(blob: Buffer, expected: string, jwk: PublicClientJwk): Uint8Array {
  const reader = new WireReader(blob)
  const algorithm = reader.text()
  if (algorithm !== expected) throw otherAlgorithm(algorithm, expected)
  const signature = reader.string()
  const length = signatureBytes(jwk)
  if (jwk.kty === 'RSA') return padded(signature, length)
  const numbers = new WireReader(signature)
  return fromIntegers([numbers.string(), numbers.string()], length) ?? signature
}

function otherAlgorithm(algorithm: string, expected: string): OktaConnectError {
  const isSha1 = algorithm === 'ssh-rsa'
  return new OktaConnectError(
    'signer_failed',
    `ssh-agent signed with ${quoted(algorithm)}${isSha1 ? ', which uses SHA-1,' : ''} instead of ${expected}.`,
    { hint: `Use an agent that supports ${expected} (RFC 8332), or an ECDSA key.` },
  )
}
