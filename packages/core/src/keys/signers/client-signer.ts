import { printable } from '../../safe-text.js'
import { type ClientKeyAlgorithm, curveAlgorithms, rsaAlgorithms } from '../algorithms.js'
import { privateKeyInvalid } from '../reader/private-key-invalid.js'
import { thumbprintOf } from '../thumbprint.js'
import { type PublicClientJwk, parsePublicJwk } from './public-jwk.js'

/** Options of {@link ClientSigner.sign}. */
export interface SignOptions {
  /** Aborted when the signature is no longer needed. */
  readonly signal?: AbortSignal | undefined
}

/**
 * Signs client assertions with a private key that this process does not have: in an ssh-agent, a TPM, a smart card, an HSM or a key
 * management service. A session requests one signature for each token request, and verifies it before sending the request.
 *
 * @example
 * const publicJwk = JSON.parse(await readFile('public.json', 'utf8'))
 * const signer: ClientSigner = { algorithm: 'ES256', publicJwk, sign: data => kms.sign('client-key', data) }
 */
export interface ClientSigner {
  readonly algorithm: ClientKeyAlgorithm
  /**
   * The public key (RFC 7517), with its `kid` at Okta if the app has several keys. Stored tokens belong to this key: a program that has
   * the private key in a file uses the same tokens.
   */
  readonly publicJwk: object
  /** How messages name the signer, such as `ssh-agent`. Default: `The signer`. */
  readonly name?: string
  /** How long to wait for a signature, in milliseconds. Default: 60,000. */
  readonly timeoutMs?: number
  /**
   * Signs data. For RS algorithms: RSASSA-PKCS1-v1_5 (RFC 7518 §3.3). For ES algorithms: r and s concatenated
   * (RFC 7518 §3.4), or DER, as key management services return it.
   */
  sign(data: Uint8Array, options?: SignOptions): Promise<Uint8Array>
}

/** A {@link ClientSigner} whose public key is validated. */
export interface ValidSigner extends ClientSigner {
  readonly publicJwk: PublicClientJwk
  readonly name: string
  readonly timeoutMs: number
}

/** How messages name a signer without a name. */
const defaultName = 'The signer'

/**
 * Returns a signer that an option has given, if it is valid.
 *
 * @throws {@link OktaConnectError} `private_key_invalid`
 */
export function validSigner(signer: ClientSigner): ValidSigner {
  const { algorithm, name = defaultName, timeoutMs = 60_000 } = signer
  if (typeof signer.sign !== 'function')
    throw privateKeyInvalid('The signer has no sign function.', 'Add the function sign(data).')
  const publicJwk = parsePublicJwk(signer.publicJwk, 'public key of the signer')
  const possible = algorithmsOf(publicJwk)
  if (!possible.includes(algorithm)) {
    throw privateKeyInvalid(
      'The algorithm of the signer does not match its public key.',
      `Use ${possible.join(' or ')} for this key.`,
    )
  }
  return {
    algorithm,
    publicJwk,
    name: printable(name).slice(0, 200),
    timeoutMs,
    sign: async (data, options) => await signer.sign(data, options),
  }
}

/** Returns the algorithms that Okta accepts for a key, the default first. */
export function algorithmsOf({ kty, crv = '' }: PublicClientJwk): readonly ClientKeyAlgorithm[] {
  const ofCurve = curveAlgorithms[crv]
  return kty === 'RSA' ? rsaAlgorithms : ofCurve === undefined ? [] : [ofCurve]
}

/**
 * Returns the public key of a signer, to paste into Okta: Applications > your app > General > Public keys > Add key. Its `kid` is the
 * one of the signer, or if that has none, the thumbprint of the key (RFC 7638).
 *
 * @throws {@link OktaConnectError} `private_key_invalid`
 * @example
 * const signer = await sshAgentSigner('SHA256:uNiVztksCsDhcc0u9e8BrrQXVUpKZIDTMczCvj3tD2s')
 * console.log(JSON.stringify(publicJwkOf(signer)))
 */
export function publicJwkOf(signer: ClientSigner): PublicClientJwk & { readonly kid: string } {
  const { algorithm: alg, publicJwk } = validSigner(signer)
  return { ...publicJwk, kid: publicJwk.kid ?? thumbprintOf(publicJwk), alg, use: 'sig' }
}
