import type { DpopMode } from '../config/connect-options.js'
import { OktaConnectError } from '../errors.js'
import { DpopKey } from '../keys/dpop-key.js'
import type { DpopMemory } from '../stores/token-record.js'

/** Decides, request by request at the token endpoint, whether to send a proof, and learns from the answers. */
export class DpopNegotiation {
  readonly #mode: DpopMode
  #isRequired: boolean
  #nonce: string | undefined
  #key: DpopKey | undefined

  /** @param key the key of the token that is to be renewed: a refresh needs the same one (RFC 9449 §5). */
  constructor(mode: DpopMode, memory: DpopMemory, key: DpopKey | undefined) {
    this.#mode = mode
    const isKnown = memory.isRequired || key !== undefined
    this.#isRequired = mode === 'always' || (mode === 'auto' && isKnown)
    this.#nonce = memory.nonce
    this.#key = key
  }

  /** The header for the next attempt. */
  async headers(url: URL, now: number): Promise<Record<string, string>> {
    if (!this.#isRequired) return {}
    this.#key ??= await DpopKey.generate()
    return { dpop: await this.#key.prove({ method: 'POST', url, nonce: this.#nonce }, now) }
  }

  /**
   * Takes the nonce of an answer, which may stand on any, and says whether another attempt can do better.
   *
   * @param error the `error` of the answer, if it has one.
   */
  learn(response: Response, error: string | undefined): 'done' | 'retry' {
    const nonce = response.headers.get('dpop-nonce') ?? this.#nonce
    const isNewNonce = nonce !== this.#nonce
    this.#nonce = nonce
    if (error === 'use_dpop_nonce') return isNewNonce && this.#isRequired ? 'retry' : 'done'
    if (error !== 'invalid_dpop_proof' || this.#isRequired || this.#mode === 'never') return 'done'
    this.#isRequired = true
    return 'retry'
  }

  /**
   * What there is to remember once a token has come.
   *
   * @throws {@link OktaConnectError} `dpop_rejected` when the token is not of the kind that the mode demands.
   */
  conclude(tokenType: 'Bearer' | 'DPoP'): { memory: DpopMemory; key: DpopKey | undefined } {
    const isBound = tokenType === 'DPoP'
    if (!isAccepted(tokenType, this.#mode) || (isBound && this.#key === undefined)) {
      throw new OktaConnectError(
        'dpop_rejected',
        `Okta gave a ${tokenType} token, which dpop "${this.#mode}" refuses.`,
        {
          hint: isBound
            ? 'Use dpop "auto", or turn DPoP off at Applications > your app > General > Edit.'
            : 'Turn DPoP on at Applications > your app > General > Edit, or use dpop "auto".',
        },
      )
    }
    const nonce = this.#nonce
    return {
      memory: { isRequired: isBound, ...(nonce !== undefined && { nonce }) },
      key: isBound ? this.#key : undefined,
    }
  }
}

/** Whether a token of this type is what the mode allows. */
export function isAccepted(tokenType: 'Bearer' | 'DPoP', mode: DpopMode): boolean {
  switch (mode) {
    case 'auto':
      return true
    case 'always':
      return tokenType === 'DPoP'
    case 'never':
      return tokenType === 'Bearer'
  }
}
