import { generateKeyPairSync } from 'node:crypto'
import { isOktaConnectError, type OktaConnectError } from '@connect-okta/core'
import type { ClientSigner } from '@connect-okta/core/keys'

/** A signer that does not run again immediately after a failure. */
export interface CarefulSigner extends ClientSigner {
  /** Whether a signature has been requested and not returned yet. */
  readonly isSigning: boolean
}

const pauseMs = 5_000

/**
 * Returns a signer that repeats its last failure for a few seconds, and that signs one request after the other until it has succeeded.
 * A smart card or an HSM is locked after a few attempts with a wrong PIN, and an ssh-agent may ask the user.
 */
export function carefulSigner(signer: ClientSigner, monotonicNow: () => number): CarefulSigner {
  let failure: { readonly error: OktaConnectError; readonly at: number } | undefined
  let hasSucceeded = false
  let previous: Promise<unknown> = Promise.resolve()
  let pending = 0

  async function attempt(...args: Parameters<ClientSigner['sign']>): Promise<Uint8Array> {
    if (failure !== undefined && monotonicNow() - failure.at < pauseMs) throw failure.error
    try {
      const signature = await signer.sign(...args)
      hasSucceeded = true
      failure = undefined
      return signature
    } catch (error) {
      hasSucceeded = false
      if (isOktaConnectError(error) && error.code === 'signer_failed') failure = { error, at: monotonicNow() }
      throw error
    }
  }

  return {
    ...signer,
    get isSigning() {
      return pending > 0
    },
    async sign(...args) {
      pending += 1
      const signature = hasSucceeded ? attempt(...args) : previous.then(() => attempt(...args))
      previous = signature.catch(() => {})
      return await signature.finally(() => {
        pending -= 1
      })
    },
  }
}

/** A signer for a connection that is opened before its signer is found. It is never used to sign. */
export function placeholderSigner(): ClientSigner {
  const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  return {
    algorithm: 'ES256',
    publicJwk: publicKey.export({ format: 'jwk' }),
    sign: () => Promise.reject(new Error('The signer of this connection was not found.')),
  }
}
