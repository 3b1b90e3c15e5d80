import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { rsaKey } from '../../../../../scripts/testing/rsa-key.js'
import { parseClientKey } from '../client-key.js'
import { keyTextFrom } from './der.js'

const { privateKey, publicKey, privateJwk } = rsaKey()
const other = rsaKey(1)
const pem = privateKey.export({ format: 'pem', type: 'pkcs8' }).toString()
const publicPem = publicKey.export({ format: 'pem', type: 'spki' }).toString()
const certificate = '-----BEGIN CERTIFICATE-----\nMIIBszCCAVmgAwIBAgIU\n-----END CERTIFICATE-----\n'
const jwk = JSON.stringify(privateJwk)
const { kty, n, e } = privateJwk
const publicJwk = { kty, n, e, kid: 'public' }
const base64 = (text: string | Buffer) => Buffer.from(text).toString('base64')

async function thumbprintOf(jsonWebKey: string | object, options: object = {}): Promise<string | undefined> {
  return (await parseClientKey({ jsonWebKey, ...options }))?.thumbprint
}

describe('a client key in another form', () => {
  const pkcs12 = Buffer.concat([Buffer.from('3082095502010330820', 'hex'), Buffer.alloc(60, 0x41)])
  it.each<[string, string | Buffer, RegExp, RegExp]>([
    ['an OpenSSH key', pem.replaceAll('PRIVATE', 'OPENSSH PRIVATE'), /OpenSSH/, /ssh-keygen -p -m PKCS8/],
    ['a key of a TPM', pem.replaceAll('PRIVATE', 'TSS2 PRIVATE'), /TPM/, /key: \{ command/],
    ['a PuTTY key', 'PuTTY-User-Key-File-3: ssh-rsa\nEncryption: none\n', /PuTTY/, /puttygen .* -O private-openssh/],
    ['a PKCS#12 file', pkcs12, /PKCS#12/, /openssl pkcs12 -in/],
    ['a PKCS#12 file in Base64', base64(pkcs12), /PKCS#12/, /openssl pkcs12 -in/],
    ['a Java key store', Buffer.concat([Buffer.from('feedfeed00000002', 'hex'), Buffer.alloc(60)]), /Java/, /keytool/],
    ['the XML of .NET', `<RSAKeyValue><Modulus>${n}</Modulus></RSAKeyValue>`, /XML/, /FromXmlString/],
    ['an ssh.com key', pem.replace(/-{5}(BEGIN|END) /g, '---- $1 SSH2 ENCRYPTED '), /ssh\.com/, /ssh-keygen -i/],
    ['an OpenPGP key', '-----BEGIN PGP PRIVATE KEY BLOCK-----\n\nlQdG\n', /OpenPGP/, /RSA and EC/],
    ['a certificate', certificate, /certificate/, /private key that belongs/],
    ['a certificate request', certificate.replaceAll('CERTIFICATE', 'CERTIFICATE REQUEST'), /request/, /signed it/],
    ['a public PEM', publicPem, /public key/, /Public keys/],
    ['a public PEM in one line', publicPem.replaceAll('\n', '\\n'), /public key/, /Public keys/],
    ['a public key in DER', publicKey.export({ format: 'der', type: 'spki' }), /public key/, /Public keys/],
    ['a public key of OpenSSH', 'ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABgQC7 ann@host', /public key/, /Public keys/],
    ['a set of public keys', JSON.stringify({ keys: [publicJwk, publicJwk] }), /only public keys/, /Public keys/],
    ['a public key in a JSON object', JSON.stringify({ jwk: publicJwk }), /public key/, /Public keys/],
    ['a JSON object without a key', JSON.stringify({ data: { note: 'none' } }), /contains no key/, /kty/],
    [
      'two keys in a JSON object',
      JSON.stringify({ a: privateJwk, b: other.privateJwk }),
      /2 private keys/,
      /only the key/,
    ],
    [
      'two different PEM keys',
      pem + other.privateKey.export({ format: 'pem', type: 'pkcs8' }),
      /2 private/,
      /only the/,
    ],
    ['a PEM without its END line', pem.slice(0, 300), /END line is missing/, /Copy it again/],
    ['a PEM with a damaged body', pem.replace(/\n.*\n/, '\n'), /not a readable PEM/, /Copy it again/],
    ['truncated JSON', jwk.slice(0, 300), /incomplete JSON/, /first \{/],
    ['YAML of kubectl', `apiVersion: v1\ndata:\n  key: ${base64(pem)}\nkind: Secret\n`, /YAML/, /-o json/],
    ['a public JWK with an empty private part', JSON.stringify({ ...publicJwk, d: null }), /public key/, /Public keys/],
    ['a PEM and the JWK of another key', pem + JSON.stringify(other.privateJwk), /2 private keys/, /only the key/],
    [
      'a set and another key',
      JSON.stringify({ keys: [privateJwk], pem: other.privateKey.export({ format: 'pem', type: 'pkcs8' }) }),
      /2 private keys/,
      /only the key/,
    ],
    ['a token', 'eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJhIn0.c2ln', /JWT/, /Public keys/],
    [
      'an Ed25519 key',
      generateKeyPairSync('ed25519').privateKey.export({ format: 'pem', type: 'pkcs8' }) as string,
      /nor EC.*ed25519/,
      /P-256/,
    ],
    [
      'an RSA-PSS key',
      generateKeyPairSync('rsa-pss', { modulusLength: 2048 }).privateKey.export({
        format: 'pem',
        type: 'pkcs8',
      }) as string,
      /rsa-pss/,
      /not RSA-PSS/,
    ],
    [
      'an RSA key without its primes',
      JSON.stringify({ kty, n, e, d: privateJwk.d }),
      /is missing: p, q, dp, dq, qi/,
      /as PEM/,
    ],
  ])('is rejected with its format and what to do when it is %s', async (_form, source, message, hint) => {
    const jsonWebKey = typeof source === 'string' ? source : keyTextFrom(source)
    await expect(thumbprintOf(jsonWebKey)).rejects.toMatchObject({
      code: 'private_key_invalid',
      message: expect.stringMatching(message),
      hint: expect.stringMatching(hint),
    })
  })
})
