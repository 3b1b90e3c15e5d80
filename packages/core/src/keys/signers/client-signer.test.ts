import { sign as cryptoSign, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { startOktaEmulator } from '@connect-okta/emulator'
import type { JWK } from 'jose'
import { describe, expect, it } from 'vitest'
import { rsaKey } from '../../../../../scripts/testing/rsa-key.js'
import { useServiceOrg } from '../../../test/support/service-org.test.support.js'
import { connect, findSession } from '../../index.js'
import { listLogins } from '../../session/logins.js'
import { parseClientKey } from '../client-key.js'
import { type ClientSigner, publicJwkOf } from './client-signer.js'

const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const otherEc = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const ecJwk = ec.publicKey.export({ format: 'jwk' }) as JWK
const raw = (key: KeyObject, data: Uint8Array): Uint8Array =>
  cryptoSign('sha256', data, { key, dsaEncoding: 'ieee-p1363' })
const signerWith = (change: Partial<ClientSigner> = {}): ClientSigner => ({
  algorithm: 'ES256',
  publicJwk: { ...ecJwk, kid: 'k1' },
  sign: async data => raw(ec.privateKey, data),
  ...change,
})
const data = Buffer.from('some data')

const org = useServiceOrg()

// The options of the app, without its key.
const app = () => {
  const { jsonWebKey: _key, ...options } = org.app()
  return options
}

describe('a signer', () => {
  it('has the thumbprint of its key, so that tokens are shared with programs that have the key', async () => {
    const key = await parseClientKey({ signer: signerWith() })
    const ofFile = await parseClientKey({ jsonWebKey: ec.privateKey.export({ format: 'jwk' }) })
    expect(key).toMatchObject({ algorithm: 'ES256', keyId: 'k1', thumbprint: ofFile?.thumbprint })
  })

  it('signs once for a token request, and not at all for a cached token', async () => {
    await using okta = await startOktaEmulator({
      clients: [{ kind: 'service', jwks: { keys: [{ ...ecJwk, kid: 'k1' }] } }],
    })
    let signatures = 0
    const signer = signerWith({
      sign: async bytes => {
        signatures += 1
        return raw(ec.privateKey, bytes)
      },
    })
    const ofApp = { tenant: okta.orgUrl.origin, clientId: okta.client('service').clientId }
    const options = { ...ofApp, signer }
    const session = await connect(options, org.deps)
    expect(signatures).toBe(1)
    await session.token()
    await connect(options, org.deps)
    // A program with the same key in a file uses the token that the signer obtained.
    const jsonWebKey = { ...ec.privateKey.export({ format: 'jwk' }), kid: 'k1' }
    expect((await (await connect({ ...ofApp, jsonWebKey }, org.deps)).token()).source).toBe('memory')
    expect(signatures).toBe(1)
    expect(await listLogins(org.deps)).toHaveLength(1)
    const resumed = await findSession(options, org.deps)
    expect((await resumed?.token({ forceRefresh: true }))?.source).toBe('grant')
    expect(signatures).toBe(2)
  })

  it('may return the signature of an EC key in DER, as a key management service does', async () => {
    const key = await parseClientKey({
      signer: signerWith({ sign: async bytes => cryptoSign('sha256', bytes, ec.privateKey) }),
    })
    expect(await key?.sign(data)).toHaveLength(64)
  })

  const wrongSignatures: readonly (readonly [string, () => unknown, string, string])[] = [
    ['another key', () => raw(otherEc.privateKey, data), 'private_key_invalid', 'does not match'],
    ['too few bytes', () => new Uint8Array(63), 'signer_failed', '63 bytes instead of 64'],
    ['no bytes', () => 'text', 'signer_failed', 'no bytes'],
  ]
  it.each(wrongSignatures)(
    'is rejected before a request when its signature is of %s',
    async (_what, signature, code, message) => {
      const signer = signerWith({ sign: async () => signature() as Uint8Array, name: 'The TPM' })
      const key = await parseClientKey({ signer })
      const error = { code, message: expect.stringMatching(`^The TPM .*${message}`) }
      await expect(key?.sign(data)).rejects.toMatchObject(error)
      await expect(connect({ ...app(), signer }, org.deps)).rejects.toMatchObject({ code })
      expect(org.okta.requests).toEqual([])
    },
  )

  const { d, ...publicMembers } = ec.privateKey.export({ format: 'jwk' })
  it.each([
    ['an unknown algorithm', { algorithm: 'EdDSA' }, 'does not match'],
    ['the algorithm of another key type', { algorithm: 'RS256' }, 'does not match'],
    ['no sign function', { sign: undefined }, 'no sign function'],
    ['no public key', { publicJwk: undefined }, 'is missing'],
    ['a private key', { publicJwk: { ...publicMembers, d } }, 'contains a private key'],
    ['a damaged public key', { publicJwk: { ...ecJwk, x: 'AA' } }, 'is damaged'],
    ['an Ed25519 key', { publicJwk: generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' }) }, 'type'],
    [
      'a short RSA key',
      { publicJwk: generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey.export({ format: 'jwk' }) },
      'shorter than 2048 bits',
    ],
  ])('is rejected with %s', async (_what, change, message) => {
    const failure = parseClientKey({ signer: signerWith(change as object) })
    await expect(failure).rejects.toMatchObject({
      code: 'private_key_invalid',
      message: expect.stringContaining(message),
    })
    await failure.catch(error => expect(JSON.stringify(error)).not.toContain(d))
  })

  it('is cancelled with the request, also when it does not support that', async () => {
    const controller = new AbortController()
    const signer = signerWith({
      sign: () => {
        controller.abort()
        return new Promise(() => {})
      },
    })
    const connecting = connect({ ...app(), signer, signal: controller.signal }, org.deps)
    await expect(connecting).rejects.toMatchObject({ code: 'cancelled' })
  })

  it('fails when it does not return in time, and when it throws what is no error', async () => {
    const connecting = (sign: ClientSigner['sign']) =>
      connect({ ...app(), signer: signerWith({ name: 'The HSM', timeoutMs: 50, sign }) }, org.deps)
    await expect(connecting(() => new Promise(() => {}))).rejects.toMatchObject({
      code: 'signer_failed',
      message: 'The HSM did not sign within 0.05 s.',
    })
    await expect(connecting(() => Promise.reject('nope'))).rejects.toMatchObject({
      code: 'signer_failed',
      message: 'The HSM did not sign.',
      cause: 'nope',
    })
  })

  it('causes a notice when it takes long, because it may wait for a user', async () => {
    let finish = () => {}
    const signer = signerWith({
      name: 'The smart card',
      sign: async bytes => {
        await new Promise<void>(resolve => {
          finish = resolve
        })
        return raw(ec.privateKey, bytes)
      },
    })
    const connecting = connect({ ...app(), signer }, org.deps).catch(error => error)
    await expect
      .poll(() => org.notices)
      .toEqual([{ code: 'signer_waiting', message: expect.stringContaining('The smart card has not signed yet.') }])
    finish()
    // The app has another key.
    expect(await connecting).toMatchObject({ code: 'client_rejected' })
  })
})

describe('publicJwkOf', () => {
  it('returns the public key to paste into Okta', () => {
    expect(publicJwkOf(signerWith())).toEqual({ ...ecJwk, kid: 'k1', alg: 'ES256', use: 'sig' })
    const { publicJwk, privateKey } = rsaKey()
    const signer = signerWith({ algorithm: 'RS512', publicJwk: publicJwk as object })
    expect(publicJwkOf(signer)).toEqual({ ...publicJwk, kid: expect.any(String), alg: 'RS512', use: 'sig' })
    expect(JSON.stringify(publicJwkOf(signer))).not.toContain(privateKey.export({ format: 'jwk' }).d)
  })
})
