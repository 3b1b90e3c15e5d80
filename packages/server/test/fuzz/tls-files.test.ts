import { generateKeyPairSync } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readPemFile } from '../../src/config/tls/pem-file.js'
import { casesFor, given, mutated } from './fuzz.test.support.js'

const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const pem = String(privateKey.export({ type: 'pkcs8', format: 'pem' }))
const der = privateKey.export({ type: 'pkcs8', format: 'der' })
const secretPart = pem.split('\n')[1]?.slice(-20) ?? ''
const labels = [
  'PRIVATE KEY',
  'ENCRYPTED PRIVATE KEY',
  'RSA PRIVATE KEY',
  'CERTIFICATE',
  'CERTIFICATE REQUEST',
  'PKCS7',
]

const files: fc.Arbitrary<Buffer> = fc.oneof(
  mutated(fc.constant(pem)).map(text => Buffer.from(text)),
  mutated(fc.constant(pem.replaceAll('\n', '\\n'))).map(text => Buffer.from(text, 'utf16le')),
  mutated(fc.constantFrom(...labels).map(label => pem.replaceAll('PRIVATE KEY', label))).map(text => Buffer.from(text)),
  fc.tuple(fc.nat(der.length - 1), fc.nat(255)).map(([at, byte]) => Buffer.from(der).fill(byte, at, at + 1)),
  fc.uint8Array().map(bytes => Buffer.from(bytes)),
)

describe('a random file of a certificate or a key', () => {
  it('is read, or rejected without repeating its content', async () => {
    await fc.assert(
      given(files, async bytes => {
        const { problem = '' } = readPemFile(bytes)
        expect(problem).not.toContain(secretPart)
      }),
      casesFor(0.2),
    )
  })
})
