import { sign as cryptoSign, generateKeyPairSync, verify } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readSignature } from '../../src/keys/signers/command/read-signature.js'
import { parsePublicJwk } from '../../src/keys/signers/public-jwk.js'
import { fromDerSignature, isDerSignature } from '../../src/keys/signers/signature-format.js'
import { sshAgentSigner } from '../../src/keys/signers/ssh-agent/ssh-agent-signer.js'
import { field, keyList, startFakeAgent, uint32 } from '../support/fake-agent.test.support.js'
import { canary, mutated, parameters, property, runSafely } from './fuzz.test.support.js'

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const jwk = publicKey.export({ format: 'jwk' })
const point = Buffer.concat([Buffer.of(4), ...[jwk.x, jwk.y].map(text => Buffer.from(text ?? '', 'base64url'))])
const blob = Buffer.concat(['ecdsa-sha2-nistp256', 'nistp256', point].map(field))
const data = Buffer.from('some data')
const bytes = fc.uint8Array({ maxLength: 300 }).map(array => Buffer.from(array))

/** Valid messages with some bytes changed, removed or added. */
const damaged = (valid: Buffer) =>
  fc.tuple(fc.nat(valid.byteLength), fc.nat(8), bytes).map(([at, removed, inserted]) => {
    return Buffer.concat([valid.subarray(0, at), inserted.subarray(0, 8), valid.subarray(at + removed)])
  })

describe('any response of an ssh-agent', () => {
  let response = Buffer.alloc(0)
  let isSigning = false

  it.each([
    ['to a request for its keys', false, fc.oneof(bytes, damaged(keyList([blob, 'okta'])))],
    [
      'to a request for a signature',
      true,
      fc.oneof(
        bytes,
        damaged(Buffer.concat([Buffer.of(14), field(Buffer.concat([field('ecdsa-sha2-nistp256'), field(uint32(7))]))])),
      ),
    ],
  ])('is a signature or an error %s', async (_what, ofSignature, responses) => {
    isSigning = ofSignature
    await using agent = await startFakeAgent(type => {
      if (type === 11) return isSigning ? keyList([blob, 'okta']) : response
      // Without a byte there is no message.
      return type === 13 ? Buffer.concat([response, Buffer.alloc(response.byteLength === 0 ? 1 : 0)]) : Buffer.of(5)
    })
    const check = property(responses, async next => {
      response = next.byteLength === 0 ? Buffer.of(0) : next
      const signature = await runSafely(async () => {
        const signer = await sshAgentSigner('okta', { environment: agent.environment, timeoutMs: 5000 })
        return await signer.sign(data)
      })
      if (signature !== undefined) expect(signature).toBeInstanceOf(Uint8Array)
    })
    await fc.assert(check, parameters)
  })
})

describe('any output of a command', () => {
  it('is a signature of the right length, or an error', async () => {
    const der = cryptoSign('sha256', data, privateKey)
    const outputs = fc.oneof(
      bytes,
      damaged(der),
      mutated(fc.constant(der.toString('base64'))).map(text => Buffer.from(text)),
    )
    const check = property(fc.tuple(outputs, fc.constantFrom('raw', 'der', undefined)), async ([stdout, format]) => {
      try {
        readSignature(
          { stdout, stderr: canary },
          { jwk: parsePublicJwk(jwk, 'key'), format: format as 'raw' | undefined },
        )
      } catch (error) {
        expect(String(error)).toMatch(/^Error: printed /)
      }
    })
    await fc.assert(check, parameters)
  })

  it('is converted from DER to a valid signature', async () => {
    const check = property(bytes, async message => {
      const der = cryptoSign('sha256', message, privateKey)
      expect(isDerSignature(der)).toBe(true)
      const signature = fromDerSignature(der, 64) ?? Buffer.alloc(0)
      expect(verify('sha256', message, { key: publicKey, dsaEncoding: 'ieee-p1363' }, signature)).toBe(true)
    })
    await fc.assert(check, parameters)
  })
})

describe('any public key', () => {
  it('is valid, or an error that does not show it', async () => {
    const texts = fc.oneof(
      fc.json().map(text => text.replace('"', `"${canary}`)),
      mutated(fc.constant(JSON.stringify({ ...jwk, d: canary }))),
      mutated(fc.constant(publicKey.export({ format: 'pem', type: 'spki' }).toString())),
    )
    await fc.assert(
      property(texts, async text => void (await runSafely(() => parsePublicJwk(text, 'public key')))),
      parameters,
    )
  })
})
