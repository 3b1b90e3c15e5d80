import { createHmac, randomBytes } from 'node:crypto'

const LETTERS_AND_DIGITS = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'
/** Without vowels and similar-looking letters, so that codes form no words and are easy to read. */
const USER_CODE_LETTERS = 'BCDFGHJKLMNPQRSTVWXZ'

/** The prefix of an Okta ID: app, user, org, group, passkey, key, secret or grant of an app, trusted origin, role. */
export type OktaIdPrefix = '0oa' | '00u' | '00o' | '00g' | 'fwf' | 'pks' | 'ocs' | 'oag' | 'tos' | 'ra1'

/**
 * The source of all generated values of an org: IDs, secrets, codes, keys. With a seed, the nth value for a purpose is
 * always the same, so that an additional request of one kind does not change the values of another.
 */
export class Random {
  readonly #seed: string | undefined
  readonly #counts = new Map<string, number>()

  constructor(seed?: string) {
    this.#seed = seed
  }

  /** Starts again, so that the same values follow as after the start. */
  reset(counts: ReadonlyMap<string, number>): void {
    this.#counts.clear()
    for (const [purpose, count] of counts) this.#counts.set(purpose, count)
  }

  /** How many values there have been for each purpose, for {@link reset}. */
  get counts(): ReadonlyMap<string, number> {
    return new Map(this.#counts)
  }

  /** Whether the values are derived from a seed. */
  get isSeeded(): boolean {
    return this.#seed !== undefined
  }

  bytes(purpose: string, length: number): Buffer {
    if (this.#seed === undefined) return randomBytes(length)
    const count = (this.#counts.get(purpose) ?? 0) + 1
    this.#counts.set(purpose, count)
    const blocks = Array.from({ length: Math.ceil(length / 64) }, (_, block) =>
      createHmac('sha512', this.#seed ?? '')
        .update(`${purpose} ${count} ${block}`)
        .digest(),
    )
    return Buffer.concat(blocks).subarray(0, length)
  }

  /** A secret of 256 bits in base64url. */
  secret(purpose: string): string {
    return this.bytes(purpose, 32).toString('base64url')
  }

  /**
   * An ID in Okta's format: a three-letter prefix and 17 letters or digits.
   *
   * @example random.id('0oa') // '0oa5k8vJ3sRkQp0Zt4x7'
   */
  id(prefix: OktaIdPrefix): string {
    return prefix + this.#text(`id ${prefix}`, LETTERS_AND_DIGITS, 17)
  }

  /** A UUID of version 4 (RFC 9562 §5.4). */
  uuid(purpose: string): string {
    const bytes = this.bytes(purpose, 16)
    bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x40, 6)
    bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8)
    return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
  }

  /** A user code for `/activate`: eight letters, as in Okta (guides/device-authorization-grant). */
  userCode(): string {
    return this.#text('user code', USER_CODE_LETTERS, 8)
  }

  #text(purpose: string, alphabet: string, length: number): string {
    // Four bytes per character keep the modulo bias below one in ten million.
    const bytes = this.bytes(purpose, length * 4)
    return Array.from({ length }, (_, at) => alphabet[bytes.readUInt32BE(at * 4) % alphabet.length]).join('')
  }
}
