import { checkPrimeSync } from 'node:crypto'
import type { JWK } from 'jose'
import type { Random } from '../org/random.js'

const EXPONENT = 65_537n
const PRIME_BYTES = 128
const SMALL_PRIMES = primesBelow(2000)

/**
 * Derives an RSA key of 2048 bits from a seed (RFC 8017 §3), which Node has no API for. Only for tests: the
 * seed reveals the private key.
 */
export function seededRsaKey(random: Random, owner: string): JWK {
  const [p, q] = [seededPrime(random, owner), seededPrime(random, owner)]
  const d = inverse(EXPONENT, (p - 1n) * (q - 1n))
  return {
    kty: 'RSA',
    n: member(p * q),
    e: member(EXPONENT),
    d: member(d),
    p: member(p),
    q: member(q),
    dp: member(d % (p - 1n)),
    dq: member(d % (q - 1n)),
    qi: member(inverse(q, p)),
  }
}

function seededPrime(random: Random, owner: string): bigint {
  const bytes = random.bytes(`RSA prime of ${owner}`, PRIME_BYTES)
  // With the two highest bits set, the product has 2048 bits. The lowest bit makes the candidate odd.
  bytes.writeUInt8(bytes.readUInt8(0) | 0xc0, 0)
  bytes.writeUInt8(bytes.readUInt8(PRIME_BYTES - 1) | 1, PRIME_BYTES - 1)
  const start = BigInt(`0x${bytes.toString('hex')}`)
  const remainders = SMALL_PRIMES.map(small => Number(start % BigInt(small)))
  for (let step = 0; ; step += 2) {
    if (remainders.some((remainder, index) => (remainder + step) % (SMALL_PRIMES[index] ?? 1) === 0)) continue
    const candidate = start + BigInt(step)
    if (candidate % EXPONENT !== 1n && checkPrimeSync(candidate)) return candidate
  }
}

function primesBelow(limit: number): readonly number[] {
  const primes: number[] = []
  for (let number = 3; number < limit; number += 2) {
    if (primes.every(prime => number % prime !== 0)) primes.push(number)
  }
  return primes
}

/** The multiplicative inverse, by the extended Euclidean algorithm. */
function inverse(value: bigint, modulus: bigint): bigint {
  let [a, b, x, y] = [modulus, value % modulus, 0n, 1n]
  while (b !== 0n) [a, b, x, y] = [b, a % b, y, x - (a / b) * y]
  return ((x % modulus) + modulus) % modulus
}

/** A number as a JWK member (RFC 7518 §2, Base64urlUInt). */
function member(value: bigint): string {
  const digits = value.toString(16)
  return Buffer.from(digits.length % 2 === 0 ? digits : `0${digits}`, 'hex').toString('base64url')
}
