import { generateKeyPairSync } from 'node:crypto'
import { calculateJwkThumbprint, type JWK } from 'jose'
import { describe, expect, it } from 'vitest'
import { parseClientKey } from './client-key.js'

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
const ec = (namedCurve: string) => generateKeyPairSync('ec', { namedCurve })
const p256 = ec('P-256')
const otherRsaJwk = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' })
const rsaJwk = rsa.privateKey.export({ format: 'jwk' })

describe('parseClientKey', () => {
  it.each([
    ['an RSA JWK as object', rsaJwk, 'RS256'],
    ['an RSA JWK as text', JSON.stringify(rsaJwk, null, 2), 'RS256'],
    ['an RSA JWK that names its algorithm', { ...rsaJwk, alg: 'RS512' }, 'RS512'],
    ['a P-256 JWK', p256.privateKey.export({ format: 'jwk' }), 'ES256'],
    ['a P-384 JWK', ec('P-384').privateKey.export({ format: 'jwk' }), 'ES384'],
    ['a P-521 JWK', ec('P-521').privateKey.export({ format: 'jwk' }), 'ES512'],
    ['PKCS#8', rsa.privateKey.export({ format: 'pem', type: 'pkcs8' }) as string, 'RS256'],
    ['PKCS#1', rsa.privateKey.export({ format: 'pem', type: 'pkcs1' }) as string, 'RS256'],
    ['SEC1', p256.privateKey.export({ format: 'pem', type: 'sec1' }) as string, 'ES256'],
    [
      'a PEM with the attributes that openssl writes in front',
      `Bag Attributes\n    friendlyName: key\n${rsa.privateKey.export({ format: 'pem', type: 'pkcs8' })}`,
      'RS256',
    ],
    ['a file with a byte order mark', `\uFEFF${JSON.stringify(rsaJwk)}\r\n`, 'RS256'],
  ])('takes %s', (_what, source, algorithm) => {
    expect(parseClientKey(source).algorithm).toBe(algorithm)
  })

  it('keeps the kid, and names a key without one by its thumbprint', () => {
    const named = parseClientKey({ ...rsaJwk, kid: 'k1' })
    const unnamed = parseClientKey(rsa.privateKey.export({ format: 'pem', type: 'pkcs8' }) as string)
    expect(named.keyId).toBe('k1')
    expect(unnamed.keyId).toBeUndefined()
    expect(unnamed.thumbprint).toBe(named.thumbprint)
  })

  it('computes the thumbprint that other software computes', async () => {
    expect(parseClientKey(rsaJwk).thumbprint).toBe(await calculateJwkThumbprint(rsaJwk as JWK))
    const ecJwk = p256.privateKey.export({ format: 'jwk' })
    expect(parseClientKey(ecJwk).thumbprint).toBe(await calculateJwkThumbprint(ecJwk as JWK))
  })

  const { d: _d, ...publicJwk } = rsaJwk
  const { qi: _qi, ...incomplete } = rsaJwk
  it.each([
    ['nothing', '', 'empty'],
    ['truncated JSON', JSON.stringify(rsaJwk).slice(0, 200), 'not complete JSON'],
    ['another text', 'hello', 'neither a JWK nor a PEM'],
    ['a list', '[]', 'not a JSON object'],
    ['a public JWK', publicJwk, 'public half'],
    ['a public PEM', rsa.publicKey.export({ format: 'pem', type: 'spki' }) as string, 'public half'],
    ['a symmetric JWK', { kty: 'oct', k: 'c2VjcmV0' }, 'symmetric'],
    ['an Ed25519 JWK', generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' }), 'neither RSA nor EC'],
    ['a curve that Okta does not take', ec('secp256k1').privateKey.export({ format: 'jwk' }), 'curve'],
    ['an algorithm that does not fit', { ...rsaJwk, alg: 'ES256' }, '"alg"'],
    ['a JWK with a part missing', incomplete, 'damaged'],
    [
      'a key that is too short',
      generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey.export({ format: 'jwk' }),
      '2048',
    ],
    ['a truncated PEM', (rsa.privateKey.export({ format: 'pem', type: 'pkcs8' }) as string).slice(0, 300), 'PEM'],
    [
      'an encrypted PEM',
      rsa.privateKey.export({ format: 'pem', type: 'pkcs8', cipher: 'aes-256-cbc', passphrase: 'x' }) as string,
      'encrypted',
    ],
    ['a foreign public half, RSA', { ...otherRsaJwk, n: rsaJwk.n, e: rsaJwk.e }, 'do not belong together'],
    [
      'a foreign public half, EC',
      { ...p256.privateKey.export({ format: 'jwk' }), d: ec('P-256').privateKey.export({ format: 'jwk' }).d },
      'do not belong together',
    ],
    ['a set of keys', { keys: [rsaJwk] }, 'set of keys'],
    ['a set of keys as text', JSON.stringify({ keys: [rsaJwk] }), 'set of keys'],
  ])('refuses %s', (_what, source, reason) => {
    expect(() => parseClientKey(source as string | object)).toThrow(
      expect.objectContaining({ code: 'private_key_invalid', message: expect.stringContaining(reason) }),
    )
  })

  it('never repeats the key in an error', () => {
    const text = JSON.stringify(rsaJwk)
    for (let length = 1; length < text.length; length += 97) {
      try {
        parseClientKey(text.slice(0, length))
        expect.unreachable('a truncated key was taken')
      } catch (error) {
        const said = JSON.stringify(error) + String(error) + String((error as Error).cause)
        expect(said).not.toContain(rsaJwk.d?.slice(0, 8))
      }
    }
  })
})
