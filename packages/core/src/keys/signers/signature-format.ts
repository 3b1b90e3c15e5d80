import type { PublicClientJwk } from './public-jwk.js'

/** The values of {@link SignatureFormat}. */
export const signatureFormats = ['raw', 'der'] as const
/** The format of the signature of an EC key: r and s, one after the other (RFC 7518 §3.4), or DER, as OpenSSL writes it. */
export type SignatureFormat = (typeof signatureFormats)[number]

// The bytes of one coordinate (RFC 7518 §3.4).
const curveBytes: Readonly<Record<string, number>> = { 'P-256': 32, 'P-384': 48, 'P-521': 66 }

/** Returns the length of a signature in bytes: that of the modulus, or of r and s. */
export function signatureBytes({ kty, n = '', crv = '' }: PublicClientJwk): number {
  return kty === 'RSA' ? Buffer.from(n, 'base64url').byteLength : 2 * (curveBytes[crv] ?? 0)
}

/** Returns whether bytes are a DER sequence of two integers, as OpenSSL writes the signature of an EC key. */
export function isDerSignature(bytes: Uint8Array): boolean {
  return integersIn(bytes) !== undefined
}

/**
 * Converts the signature of an EC key from DER (RFC 3279 §2.2.3) to r and s, one after the other.
 *
 * @param length the length of the result in bytes.
 * @returns `undefined` if it is not in DER, or if a number is too long.
 */
export function fromDerSignature(bytes: Uint8Array, length: number): Uint8Array | undefined {
  const integers = integersIn(bytes)
  return integers && fromIntegers(integers, length)
}

/**
 * Returns r and s, one after the other, each padded with zeros on the left.
 *
 * @param integers unsigned, big-endian.
 * @returns `undefined` if a number is too long.
 */
export function fromIntegers([r, s]: readonly [Uint8Array, Uint8Array], length: number): Uint8Array | undefined {
  const [first, second] = [withoutZeros(r), withoutZeros(s)]
  const half = length / 2
  if (first.byteLength > half || second.byteLength > half) return undefined
  const signature = new Uint8Array(length)
  signature.set(first, half - first.byteLength)
  signature.set(second, length - second.byteLength)
  return signature
}

/** Pads an unsigned big-endian number with zeros on the left; a longer one stays as it is. */
export function padded(number: Uint8Array, length: number): Uint8Array {
  if (number.byteLength >= length) return number
  const result = new Uint8Array(length)
  result.set(number, length - number.byteLength)
  return result
}

function withoutZeros(number: Uint8Array): Uint8Array {
  const start = number.findIndex(byte => byte !== 0)
  return start === -1 ? new Uint8Array() : number.subarray(start)
}

function integersIn(bytes: Uint8Array): readonly [Uint8Array, Uint8Array] | undefined {
  const sequence = elementAt(bytes, 0, 0x30)
  if (sequence === undefined || sequence.end !== bytes.byteLength) return undefined
  const r = elementAt(sequence.content, 0, 0x02)
  const s = r && elementAt(sequence.content, r.end, 0x02)
  return r !== undefined && s?.end === sequence.content.byteLength ? [r.content, s.content] : undefined
}

// A signature is shorter than 256 bytes: its length has one byte, or two of which the first is 0x81 (X.690 §8.1.3).
function elementAt(bytes: Uint8Array, start: number, tag: number): { content: Uint8Array; end: number } | undefined {
  if (bytes[start] !== tag) return undefined
  const short = bytes[start + 1] ?? 0x80
  const isLong = short === 0x81
  const length = isLong ? (bytes[start + 2] ?? 0) : short
  if (!isLong && short >= 0x80) return undefined
  const from = start + (isLong ? 3 : 2)
  const end = from + length
  return length > 0 && end <= bytes.byteLength ? { content: bytes.subarray(from, end), end } : undefined
}
