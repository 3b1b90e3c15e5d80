import { generateKeyPairSync } from 'node:crypto'
import { calculateJwkThumbprint, type JWK } from 'jose'
import { describe, expect, it } from 'vitest'
import { rsaKey } from '../../../../scripts/testing/rsa-key.js'
import { parseClientKey } from './client-key.js'

const rsa = rsaKey()
const ec = (namedCurve: string) => generateKeyPairSync('ec', { namedCurve })
const p256 = ec('P-256')
const otherRsaJwk = rsaKey(1).privateJwk
const pkcs8 = () => rsa.privateKey.export({ format: 'pem', type: 'pkcs8' }) as string
const encrypted = rsa.privateKey.export({
  format: 'pem',
  type: 'pkcs8',
  cipher: 'aes-256-cbc',
  passphrase: 'correct horse',
}) as string
const rsaJwk = rsa.privateJwk

describe('parseClientKey', () => {
  it.each([
    ['an RSA JWK as an object', rsaJwk, 'RS256'],
    ['an RSA JWK as a string', JSON.stringify(rsaJwk, null, 2), 'RS256'],
    ['an RSA JWK with an algorithm', { ...rsaJwk, alg: 'RS512' }, 'RS512'],
    ['a P-256 JWK', p256.privateKey.export({ format: 'jwk' }), 'ES256'],
    ['a P-384 JWK', ec('P-384').privateKey.export({ format: 'jwk' }), 'ES384'],
    ['a P-521 JWK', ec('P-521').privateKey.export({ format: 'jwk' }), 'ES512'],
    ['PKCS#8', rsa.privateKey.export({ format: 'pem', type: 'pkcs8' }) as string, 'RS256'],
    ['PKCS#1', rsa.privateKey.export({ format: 'pem', type: 'pkcs1' }) as string, 'RS256'],
    ['SEC1', p256.privateKey.export({ format: 'pem', type: 'sec1' }) as string, 'ES256'],
    [
      'a PEM after the attributes that openssl writes',
      `Bag Attributes\n    friendlyName: key\n${rsa.privateKey.export({ format: 'pem', type: 'pkcs8' })}`,
      'RS256',
    ],
    ['a JWK with a byte order mark', `\uFEFF${JSON.stringify(rsaJwk)}\r\n`, 'RS256'],
  ])('accepts %s', async (_what, source, algorithm) => {
    expect((await parseClientKey({ jsonWebKey: source }))?.algorithm).toBe(algorithm)
  })

  it('uses the kid of the key before the keyId option', async () => {
    const named = await parseClientKey({ jsonWebKey: { ...rsaJwk, kid: 'k1' }, keyId: 'k2' })
    const unnamed = await parseClientKey({ jsonWebKey: pkcs8() })
    const renamed = await parseClientKey({ jsonWebKey: pkcs8(), keyId: 'k2' })
    expect([named, unnamed, renamed].map(key => key?.keyId)).toEqual(['k1', undefined, 'k2'])
    expect(unnamed?.thumbprint).toBe(named?.thumbprint)
  })

  it('computes the same thumbprint as jose', async () => {
    for (const jsonWebKey of [rsaJwk, p256.privateKey.export({ format: 'jwk' })]) {
      const { thumbprint } = (await parseClientKey({ jsonWebKey })) ?? {}
      expect(thumbprint).toBe(await calculateJwkThumbprint(jsonWebKey as JWK))
    }
  })

  it('selects the only private key of a JWK set, or the key with the given id', async () => {
    const keys = [
      { ...otherRsaJwk, kid: 'k1' },
      { ...rsaJwk, kid: 'k2' },
    ]
    const selected = await parseClientKey({ jsonWebKey: JSON.stringify({ keys }), keyId: 'k2' })
    expect(selected?.keyId).toBe('k2')
    const { d: _private, ...publicOnly } = { ...otherRsaJwk, kid: 'k1' }
    expect((await parseClientKey({ jsonWebKey: { keys: [publicOnly, keys[1]] } }))?.keyId).toBe('k2')
  })

  it('lists the key ids, up to a limit, when a JWK set has several private keys', async () => {
    const keys = [{ ...rsaJwk, kid: 'k1' }, null, { ...otherRsaJwk, kid: 'k2' }]
    const hintFor = async (set: unknown) =>
      await parseClientKey({ jsonWebKey: { keys: set } as object }).then(
        () => expect.unreachable('a key was selected'),
        error => error.hint as string,
      )
    expect(await hintFor(keys)).toBe('Select one by its "kid" (keyId): "k1", "k2".')
    expect((await hintFor(Array.from({ length: 99 }, () => keys[0]))).length).toBeLessThan(350)
    expect(await hintFor([{ ...rsaJwk, kid: undefined }, keys[0]])).toContain('"", "k1"')
  })

  it('uses the keyId option for a key without a kid', async () => {
    const pem = rsa.privateKey.export({ format: 'pem', type: 'pkcs8' }) as string
    for (const jsonWebKey of [`\uFEFF${JSON.stringify(rsaJwk)}\n`, `Bag Attributes\n  friendlyName: x\n${pem}`]) {
      expect((await parseClientKey({ jsonWebKey, keyId: 'k9' }))?.keyId).toBe('k9')
    }
    expect((await parseClientKey({ jsonWebKey: { ...rsaJwk, kid: 'own' }, keyId: 'k9' }))?.keyId).toBe('own')
  })

  it.each([
    ['a passphrase', 'correct horse'],
    ['a function that returns the passphrase', async () => 'correct horse'],
  ])('decrypts a PEM with %s', async (_what, passphrase) => {
    const key = await parseClientKey({ jsonWebKey: encrypted, passphrase })
    expect(key?.thumbprint).toBe((await parseClientKey({ jsonWebKey: rsaJwk }))?.thumbprint)
  })

  it('does not request a passphrase for a key that is not encrypted', async () => {
    const passphrase = () => expect.unreachable('the passphrase was requested')
    expect(await parseClientKey({ jsonWebKey: rsaJwk, passphrase })).toBeDefined()
  })

  const { d: _d, ...publicJwk } = rsaJwk
  const { qi: _qi, ...incomplete } = rsaJwk
  it.each([
    ['an empty string', '', 'empty'],
    ['truncated JSON', JSON.stringify(rsaJwk).slice(0, 200), 'incomplete JSON'],
    ['plain text', 'hello', 'neither a JWK nor a PEM'],
    ['an array', '[]', 'neither a JWK nor a PEM'],
    ['null', 'null', 'neither a JWK nor a PEM'],
    ['a number', '7', 'neither a JWK nor a PEM'],
    ['a certificate', '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----', 'is a certificate'],
    [
      'an EC key with a private part that is too long',
      { ...p256.privateKey.export({ format: 'jwk' }), d: 'A'.repeat(86) },
      'do not match',
    ],
    ['an RSA key with numbers as its members', { ...rsaJwk, p: 7, q: 7 }, 'damaged'],
    ['a set without objects', { keys: [null, 7, 'x'] }, 'contains no key'],
    ['a public JWK', publicJwk, 'is a public key'],
    ['a public PEM', rsa.publicKey.export({ format: 'pem', type: 'spki' }) as string, 'is a public key'],
    ['a symmetric JWK', { kty: 'oct', k: 'c2VjcmV0' }, 'symmetric'],
    ['an Ed25519 JWK', generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' }), 'neither RSA nor EC'],
    ['a curve that Okta does not support', ec('secp256k1').privateKey.export({ format: 'jwk' }), 'curve'],
    ['an algorithm of another key type', { ...rsaJwk, alg: 'ES256' }, '"alg"'],
    ['a JWK with a missing member', incomplete, 'is missing: qi'],
    [
      'a key that is too short',
      generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey.export({ format: 'jwk' }),
      '2048',
    ],
    ['a truncated PEM', (rsa.privateKey.export({ format: 'pem', type: 'pkcs8' }) as string).slice(0, 300), 'PEM'],
    ['an encrypted PEM without its passphrase', encrypted, 'no passphrase'],
    ['an RSA key with another public part', { ...otherRsaJwk, n: rsaJwk.n, e: rsaJwk.e }, 'do not match'],
    [
      'an EC key with another public part',
      { ...p256.privateKey.export({ format: 'jwk' }), d: ec('P-256').privateKey.export({ format: 'jwk' }).d },
      'do not match',
    ],
    ['a set of several private keys without a key id', { keys: [rsaJwk, otherRsaJwk] }, '2 private keys'],
    ['an empty set', '{"keys":[]}', 'The set has no matching private key'],
    ['a set that is not an array', { keys: 7 }, 'contains no key'],
  ])('rejects %s', async (_what, source, reason) => {
    await expect(parseClientKey({ jsonWebKey: source as string | object })).rejects.toMatchObject({
      code: 'private_key_invalid',
      message: expect.stringContaining(reason),
    })
  })

  it('rejects a wrong passphrase', async () => {
    await expect(parseClientKey({ jsonWebKey: encrypted, passphrase: 'wrong' })).rejects.toMatchObject({
      code: 'private_key_invalid',
      message: expect.stringContaining('is wrong'),
    })
  })

  it('does not show the key in an error', async () => {
    const text = JSON.stringify(rsaJwk)
    for (let length = 1; length < text.length; length += 97) {
      const error: Error = await parseClientKey({ jsonWebKey: text.slice(0, length) }).then(
        () => expect.unreachable('a truncated key was accepted'),
        caught => caught,
      )
      expect(JSON.stringify(error) + String(error) + String(error.cause)).not.toContain(rsaJwk.d?.slice(0, 8))
    }
  })
})
