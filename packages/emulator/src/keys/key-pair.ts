import { createECDH } from 'node:crypto'
import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK } from 'jose'
import type { Random } from '../org/random.js'
import { seededRsaKey } from './seeded-rsa-key.js'

/** Both halves of a signing key, with `kid` (its thumbprint, RFC 7638), `alg` and `use`. */
export interface KeyPair {
  readonly privateJwk: JWK
  readonly publicJwk: JWK
}

/**
 * Makes a signing key.
 *
 * @param owner the app or authorization server: with a seed, the same owner has the same key at each start
 */
export async function makeKeyPair(alg: 'RS256' | 'ES256', random: Random, owner: string): Promise<KeyPair> {
  const privatePart = await privateKey(alg, random, owner)
  const publicPart = publicHalf(privatePart)
  const facts = { kid: await calculateJwkThumbprint(publicPart), alg, use: 'sig' }
  return { privateJwk: { ...privatePart, ...facts }, publicJwk: { ...publicPart, ...facts } }
}

async function privateKey(alg: 'RS256' | 'ES256', random: Random, owner: string): Promise<JWK> {
  if (random.isSeeded) return alg === 'RS256' ? seededRsaKey(random, owner) : seededEcKey(random, owner)
  return alg === 'RS256' ? sharedRsaKey(random) : generateKey(alg)
}

async function generateKey(alg: 'RS256' | 'ES256'): Promise<JWK> {
  return exportJWK((await generateKeyPair(alg, { extractable: true, modulusLength: 2048 })).privateKey)
}

const sharedRsaKeys: Promise<JWK>[] = []
const rsaKeyCounts = new WeakMap<Random, number>()

/**
 * Returns the next RSA key of an org without a seed. An RSA key costs 200 ms of CPU time, everything else of a start
 * 3 ms, so all orgs of a process use the same keys: the nth key of each org is the same one.
 */
function sharedRsaKey(random: Random): Promise<JWK> {
  const index = rsaKeyCounts.get(random) ?? 0
  rsaKeyCounts.set(random, index + 1)
  sharedRsaKeys[index] ??= generateKey('RS256')
  return sharedRsaKeys[index]
}

function seededEcKey(random: Random, owner: string): JWK {
  const curve = createECDH('prime256v1')
  // Any 31 bytes are below the order of P-256.
  curve.setPrivateKey(Buffer.concat([Buffer.from([0]), random.bytes(`EC key of ${owner}`, 31)]))
  const point = curve.getPublicKey()
  const member = (part: Buffer) => part.toString('base64url')
  const d = Buffer.alloc(32)
  const secret = curve.getPrivateKey()
  secret.copy(d, 32 - secret.length)
  return { kty: 'EC', crv: 'P-256', x: member(point.subarray(1, 33)), y: member(point.subarray(33)), d: member(d) }
}

function publicHalf({ d: _d, p: _p, q: _q, dp: _dp, dq: _dq, qi: _qi, ...rest }: JWK): JWK {
  return rest
}
