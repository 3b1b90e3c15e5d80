import { createPublicKey } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { rsaKey } from '../../../../scripts/testing/rsa-key.js'
import { clientCredentials, post } from '../../test/support/relying-party.test.support.js'
import { selfSigned } from '../../test/support/self-signed.test.support.js'
import { parseConfig } from '../config/config-file.js'
import { startOktaEmulator } from '../start-okta-emulator.js'

const { privateJwk, publicJwk, publicKey } = rsaKey()
const spki = String(publicKey.export({ format: 'pem', type: 'spki' }))
const pkcs1 = String(publicKey.export({ format: 'pem', type: 'pkcs1' }))

const keysOf = (jwks: unknown) => {
  const { clients = [] } = parseConfig(stringify({ clients: [{ kind: 'service', jwks }] }))
  return clients[0]?.jwks
}

describe('the public keys of an app', () => {
  it.each<[string, unknown]>([
    ['a JWKS', { keys: [publicJwk] }],
    ['a JWK', publicJwk],
    ['a list of JWKs', [publicJwk]],
    ['the text of a JWKS', JSON.stringify({ keys: [publicJwk] })],
    ['the text of a JWK', JSON.stringify(publicJwk)],
    ['a public key in PEM format', spki],
    ['a PKCS#1 public key in PEM format', pkcs1],
    ['a PEM key with escaped line ends', spki.replaceAll('\n', '\\n')],
    ['a PEM key with spaces for line ends', spki.replaceAll('\n', ' ')],
    ['an indented PEM key', spki.replace(/^/gm, '    ')],
    ['a PEM key after a certificate', `${selfSigned().cert}\n${spki}`],
  ])('can be %s', (_form, jwks) => {
    expect(keysOf(jwks)).toEqual({ keys: [publicJwk] })
  })

  it('can be a certificate', () => {
    const { cert, key } = selfSigned()
    expect(keysOf(cert)).toEqual({ keys: [createPublicKey(key).export({ format: 'jwk' })] })
  })

  it.each([
    [String(rsaKey().privateKey.export({ format: 'pem', type: 'pkcs8' })), 'must be a public key'],
    [JSON.stringify(privateJwk), 'must be a public key, without d'],
    ['public.pem', 'must be a JWKS, a JWK, or a public key or certificate in PEM format'],
    ['-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----', 'contains an invalid PUBLIC KEY'],
    ['{"kty"', 'is not valid JSON'],
  ])('are rejected with the name of the field and without the text (%#)', (jwks, message) => {
    expect(() => keysOf(jwks)).toThrow(`clients[0].jwks`)
    expect(() => keysOf(jwks)).toThrow(message)
    expect(() => keysOf(jwks)).not.toThrow(jwks)
  })

  it('verify the assertions of an app whose key is given in code in PEM format', async () => {
    await using okta = await startOktaEmulator({ clients: [{ kind: 'service', jwks: spki }] })
    const form = await clientCredentials(okta, okta.client('service'), {
      jwk: privateJwk as never,
      header: { kid: undefined },
    })
    expect(await post(okta, '/oauth2/v1/token', form)).toMatchObject({ status: 200 })
  })
})
