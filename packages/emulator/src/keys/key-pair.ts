import { createECDH } from 'node:crypto'
import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK } from 'jose'
import type { Random } from '../org/random.js'
import { pooledRsaKey } from './rsa-pool.js'
import { seededRsaKey } from './seeded-rsa-key.js'

/** A signing key pair, with `kid` (its thumbprint, RFC 7638), `alg` and `use`. */
export interface KeyPair {
  readonly privateJwk: JWK
  readonly publicJwk: JWK
}

/**
 * Creates a signing key pair.
 *
 * @param owner the app or authorization server; with a seed, the same owner gets the same key at each start
 */
export async function createKeyPair(alg: 'RS256' | 'ES256', random: Random, owner: string): Promise<KeyPair> {
  const privateJwk = await createPrivateKey(alg, random, owner)
  const publicJwk = publicKeyOf(privateJwk)
  const parameters = { kid: await calculateJwkThumbprint(publicJwk), alg, use: 'sig' }
  return { privateJwk: { ...privateJwk, ...parameters }, publicJwk: { ...publicJwk, ...parameters } }
}

async function createPrivateKey(alg: 'RS256' | 'ES256', random: Random, owner: string): Promise<JWK> {
  if (random.isSeeded) return alg === 'RS256' ? seededRsaKey(random, owner) : seededEcKey(random, owner)
  return alg === 'RS256' ? sharedRsaKey(random) : generateKey()
}

async function generateKey(): Promise<JWK> {
  return exportJWK((await generateKeyPair('ES256', { extractable: true })).privateKey)
}

const rsaKeyCounts = new WeakMap<Random, number>()

/** Returns the next RSA key of an org without a seed, from the pool that all orgs of a process share. */
function sharedRsaKey(random: Random): Promise<JWK> {
  const index = rsaKeyCounts.get(random) ?? 0
  rsaKeyCounts.set(random, index + 1)
  return pooledRsaKey(index)
}

function seededEcKey(random: Random, owner: string): JWK {
  const curve = createECDH('prime256v1')
  // 31 bytes are always less than the order of P-256.
  curve.setPrivateKey(Buffer.concat([Buffer.from([0]), random.bytes(`EC key of ${owner}`, 31)]))
  const point = curve.getPublicKey()
  const member = (part: Buffer) => part.toString('base64url')
  const d = Buffer.alloc(32)
  const secret = curve.getPrivateKey()
  secret.copy(d, 32 - secret.length)
  return { kty: 'EC', crv: 'P-256', x: member(point.subarray(1, 33)), y: member(point.subarray(33)), d: member(d) }
}

function publicKeyOf({ d: _d, p: _p, q: _q, dp: _dp, dq: _dq, qi: _qi, ...rest }: JWK): JWK {
  return rest
}
