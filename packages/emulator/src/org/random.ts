import { createHmac, randomBytes } from 'node:crypto'

const LETTERS_AND_DIGITS = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'
/** Without vowels and look-alikes, so that it spells nothing and is read without doubt. */
const USER_CODE = 'BCDFGHJKLMNPQRSTVWXZ'

/** What an Okta id begins with tells what it names: an app, a user, an org, an error report. */
export type OktaIdPrefix = '0oa' | '00u' | '00o' | 'oae'

/**
 * Where an org gets everything from that is made up: ids, secrets, codes, keys. With a seed it is the same each time,
 * in the order of asking, and for each purpose apart, so that one request more changes no token.
 */
export class Random {
  readonly #seed: string | undefined
  readonly #asked = new Map<string, number>()

  constructor(seed?: string) {
    this.#seed = seed
  }

  /** Whether what it gives is the same each time. */
  get isSeeded(): boolean {
    return this.#seed !== undefined
  }

  bytes(purpose: string, length: number): Buffer {
    if (this.#seed === undefined) return randomBytes(length)
    const count = (this.#asked.get(purpose) ?? 0) + 1
    this.#asked.set(purpose, count)
    const blocks = Array.from({ length: Math.ceil(length / 64) }, (_, block) =>
      createHmac('sha512', this.#seed ?? '')
        .update(`${purpose} ${count} ${block}`)
        .digest(),
    )
    return Buffer.concat(blocks).subarray(0, length)
  }

  /** A secret of 256 bits, as text that is safe in a URL, a form and a header. */
  secret(purpose: string): string {
    return this.bytes(purpose, 32).toString('base64url')
  }

  /**
   * An id in Okta's form: a three-letter prefix and 17 letters or digits, 20 characters in all.
   *
   * @example random.id('0oa') // '0oa5k8vJ3sRkQp0Zt4x7'
   */
  id(prefix: OktaIdPrefix): string {
    return prefix + this.#text(`id ${prefix}`, LETTERS_AND_DIGITS, 17)
  }

  /** What a person types at `/activate`: eight letters, as Okta's are (guides/device-authorization-grant). */
  userCode(): string {
    return this.#text('user code', USER_CODE, 8)
  }

  #text(purpose: string, alphabet: string, length: number): string {
    // Four bytes a character: the bias of the remainder is below one in ten million.
    const bytes = this.bytes(purpose, length * 4)
    return Array.from({ length }, (_, at) => alphabet[bytes.readUInt32BE(at * 4) % alphabet.length]).join('')
  }
}
