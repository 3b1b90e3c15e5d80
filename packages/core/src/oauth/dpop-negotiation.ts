import type { DpopMode } from '../config/connect-options.js'
import { OktaConnectError } from '../errors.js'
import { DpopKey } from '../keys/dpop-key.js'
import type { DpopState } from '../stores/token-record.js'

/** Decides for each request to the token endpoint whether to send a proof, from the responses so far. */
export class DpopNegotiation {
  readonly #mode: DpopMode
  #isRequired: boolean
  #nonce: string | undefined
  #key: DpopKey | undefined

  /** @param key the key of the token to renew: a refresh requires the same one (RFC 9449 §5). */
  constructor(mode: DpopMode, state: DpopState, key: DpopKey | undefined) {
    this.#mode = mode
    const isKnown = state.isRequired || key !== undefined
    this.#isRequired = mode === 'always' || (mode === 'auto' && isKnown)
    this.#nonce = state.nonce
    this.#key = key
  }

  /** Returns the header for the next request. */
  async headers(url: URL, now: number): Promise<Record<string, string>> {
    if (!this.#isRequired) return {}
    this.#key ??= await DpopKey.generate()
    return { dpop: await this.#key.prove({ method: 'POST', url, nonce: this.#nonce }, now) }
  }

  /**
   * Stores the nonce of a response, which any response may have, and returns whether to repeat the request.
   *
   * @param error the `error` of the response, if it has one.
   */
  update(response: Response, error: string | undefined): 'done' | 'retry' {
    const nonce = response.headers.get('dpop-nonce') ?? this.#nonce
    const isNewNonce = nonce !== this.#nonce
    this.#nonce = nonce
    if (error === 'use_dpop_nonce') return isNewNonce && this.#isRequired ? 'retry' : 'done'
    if (error !== 'invalid_dpop_proof' || this.#isRequired || this.#mode === 'never') return 'done'
    this.#isRequired = true
    return 'retry'
  }

  /**
   * Returns what to store with a new token.
   *
   * @throws {@link OktaConnectError} `dpop_rejected` if the mode does not allow the type of the token
   */
  finish(tokenType: 'Bearer' | 'DPoP'): { state: DpopState; key: DpopKey | undefined } {
    const isBound = tokenType === 'DPoP'
    if (!isAccepted(tokenType, this.#mode) || (isBound && this.#key === undefined)) {
      throw new OktaConnectError(
        'dpop_rejected',
        `Okta issued a ${tokenType} token, which the DPoP mode "${this.#mode}" does not allow.`,
        {
          hint: isBound
            ? 'Use the DPoP mode "auto", or turn off DPoP at Applications > your app > General > Edit.'
            : 'Turn on DPoP at Applications > your app > General > Edit, or use the DPoP mode "auto".',
        },
      )
    }
    const nonce = this.#nonce
    return {
      state: { isRequired: isBound, ...(nonce !== undefined && { nonce }) },
      key: isBound ? this.#key : undefined,
    }
  }
}

/** Returns whether a mode allows tokens of a type. */
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
