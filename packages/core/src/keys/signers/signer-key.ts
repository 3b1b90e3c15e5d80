import { verify } from 'node:crypto'
import { isOktaConnectError, OktaConnectError } from '../../errors.js'
import { orAborted, withEitherSignal } from '../../http/abort.js'
import { thumbprintOf } from '../thumbprint.js'
import { type ClientSigner, type SignOptions, type ValidSigner, validSigner } from './client-signer.js'
import { publicKeyOf } from './public-jwk.js'
import { fromDerSignature, signatureBytes } from './signature-format.js'

/**
 * Returns the client key of a signer. Each signature is verified with the public key before it is used.
 *
 * @throws {@link OktaConnectError} `private_key_invalid`. Later, from `sign`: also `signer_failed`, and what the signer throws
 */
export function keyOfSigner(given: ClientSigner) {
  const signer = validSigner(given)
  const { algorithm, publicJwk, name } = signer
  const key = publicKeyOf(publicJwk)
  return {
    algorithm,
    keyId: publicJwk.kid,
    thumbprint: thumbprintOf(publicJwk),
    signerName: name,
    async sign(data: Uint8Array, { signal }: SignOptions = {}): Promise<Uint8Array> {
      const returned = await withLimit(signer, signal, either => signer.sign(data, { signal: either }))
      if (!(returned instanceof Uint8Array)) throw unexpectedSignature(signer, 'no bytes')
      const signature = inExpectedFormat(returned, signer)
      // dsaEncoding: r and s concatenated (RFC 7518 §3.4).
      const isValid = verify(`sha${algorithm.slice(2)}`, data, { key, dsaEncoding: 'ieee-p1363' }, signature)
      if (!isValid) throw otherKey(signer)
      return signature
    },
  }
}

// A signer may never return, and must not hold the lock of the store.
async function withLimit<T>(
  { name, timeoutMs }: ValidSigner,
  signal: AbortSignal | undefined,
  sign: (either: AbortSignal) => Promise<T>,
): Promise<T> {
  const limit = new AbortController()
  const timer = setTimeout(() => limit.abort(), timeoutMs)
  try {
    return await withEitherSignal(limit.signal, signal, either => orAborted(sign(either), either))
  } catch (error) {
    if (limit.signal.aborted) throw failed(`${name} did not sign within ${timeoutMs / 1000} s.`, defectiveHint, error)
    if (isOktaConnectError(error)) throw error
    throw failed(`${name} did not sign.`, 'See the error of the signer in the cause of this error.', error)
  } finally {
    clearTimeout(timer)
  }
}

function failed(message: string, hint: string, cause: unknown): OktaConnectError {
  return new OktaConnectError('signer_failed', message, { hint, cause })
}

const defectiveHint = 'Restart or update it, or use another one.'

// The SDKs of key management services return the signature of an EC key in DER.
function inExpectedFormat(signature: Uint8Array, signer: ValidSigner): Uint8Array {
  const expected = signatureBytes(signer.publicJwk)
  if (signature.byteLength === expected) return signature
  const converted = signer.publicJwk.kty === 'EC' ? fromDerSignature(signature, expected) : undefined
  if (converted !== undefined) return converted
  throw unexpectedSignature(signer, `a signature of ${signature.byteLength} bytes instead of ${expected}`)
}

function unexpectedSignature({ name }: ValidSigner, what: string): OktaConnectError {
  return new OktaConnectError('signer_failed', `${name} returned ${what}.`, {
    hint:
      name === 'ssh-agent'
        ? defectiveHint
        : 'Return the bytes of the signature: for an EC key r and s, one after the other (RFC 7518 §3.4), or DER.',
  })
}

function otherKey({ name, algorithm }: ValidSigner): OktaConnectError {
  return new OktaConnectError('private_key_invalid', `${name} signed with a key that does not match its public key.`, {
    hint:
      name === 'ssh-agent'
        ? defectiveHint
        : `Use the public key of the key that signs. It must sign with ${algorithm}, and hash the data exactly once.`,
  })
}
