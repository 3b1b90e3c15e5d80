import { generateKeyPair } from 'node:crypto'
import { promisify } from 'node:util'
import type { JWK } from 'jose'

const generate = promisify(generateKeyPair)

/**
 * The RSA keys of a process, which all orgs without a seed share. A key takes a tenth of a second of another thread, so that
 * modules can load at the same time.
 */
const keys: Promise<JWK>[] = []

/** Starts to generate the first keys of the pool. */
export function prepareRsaKeys(count: number): void {
  while (keys.length < count) {
    const key = generate('rsa', { modulusLength: 2048 }).then(({ privateKey }) => privateKey.export({ format: 'jwk' }))
    keys.push(key as Promise<JWK>)
  }
}

/** Returns a private RSA key of 2048 bits from the pool. */
export async function pooledRsaKey(index: number): Promise<JWK> {
  prepareRsaKeys(index + 1)
  const key = await keys[index]
  if (key === undefined) throw new Error('The key is not in the pool.')
  return key
}
