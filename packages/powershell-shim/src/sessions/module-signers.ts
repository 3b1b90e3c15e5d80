import { OktaConnectError } from '@connect-okta/core'
import { type ClientKeyAlgorithm, type ClientSigner, publicJwkOf } from '@connect-okta/core/keys'
import { isRecord } from '../is-record.js'
import type { CallContext, Method } from '../protocol/line-protocol.js'

/**
 * Signers for keys that only the PowerShell process has, such as the key of a certificate or of a TPM. A signature is requested from the
 * module during the call that needs it, because the module answers only while it waits for a response.
 */
export class ModuleSigners {
  // In the order of their start. A call of the pipeline starts after the one that it belongs to.
  readonly #calls = new Set<CallContext>()
  #waiting = 0

  /** Whether the module is signing. */
  get isWaiting(): boolean {
    return this.#waiting > 0
  }

  /** Returns a method whose parameter `signer` is a {@link ClientSigner}. While it runs, its call can request signatures. */
  withSigner(method: Method): Method {
    return async ({ signer, ...params }, context) => {
      this.#calls.add(context)
      try {
        return await method(
          signer === undefined ? params : { ...params, signer: this.#signerOf(signer, params) },
          context,
        )
      } finally {
        this.#calls.delete(context)
      }
    }
  }

  #signerOf(key: unknown, { keyId }: Record<string, unknown>): ClientSigner {
    const { algorithm, publicJwk, name } = key as { algorithm: ClientKeyAlgorithm; publicJwk: object; name: string }
    const kid = keyId === undefined ? {} : { kid: keyId }
    const signer = {
      algorithm,
      name,
      publicJwk: { ...publicJwk, ...kid },
      sign: (data: Uint8Array) => this.#sign({ algorithm, data: Buffer.from(data).toString('base64') }),
    }
    // With the `kid` that New-OktaJsonWebKey shows.
    return { ...signer, publicJwk: publicJwkOf(signer) }
  }

  async #sign(request: object): Promise<Uint8Array> {
    const call = [...this.#calls].findLast(({ signal }) => !signal.aborted)
    if (call === undefined) throw cancelled()
    this.#waiting += 1
    try {
      const response = await call.requestSignature(request)
      if (call.signal.aborted) throw cancelled()
      return signatureIn(response)
    } finally {
      this.#waiting -= 1
    }
  }
}

function cancelled(): OktaConnectError {
  return new OktaConnectError('cancelled', 'The call that needs a signature was cancelled.', { hint: 'Try again.' })
}

function signatureIn(response: unknown): Uint8Array {
  const {
    signature,
    message = 'The module returned no signature.',
    hint = 'Try again.',
  } = isRecord(response) ? response : {}
  if (typeof signature === 'string') return Buffer.from(signature, 'base64')
  throw new OktaConnectError('signer_failed', `${message}`, { hint: `${hint}` })
}
