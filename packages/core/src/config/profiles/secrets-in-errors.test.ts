import { generateKeyPairSync } from 'node:crypto'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { allTextOf, apiToken, appVariables, useTestHome } from '../../../test/support/test-home.test.support.js'
import { proxyFetch } from '../../http/proxy-fetch.js'
import { connect, resume } from '../../index.js'
import { createMemoryStore } from '../../stores/memory-store.js'
import { openStore } from '../../stores/open-store.js'
import { openRedisStore } from '../../stores/redis/redis-store.js'
import { connectOptionsOf } from './connect-options-of.js'
import { saveProfile } from './profiles.js'
import { readSettings } from './read-settings.js'

const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
const der = privateKey.export({ type: 'pkcs8', format: 'der' }).toString('base64')

const home = useTestHome()

// Substrings of ten characters.
function partsOf(secret: string): readonly string[] {
  const plain = secret.replace(/\s/g, '')
  return Array.from({ length: Math.floor(plain.length / 10) }, (_, index) => plain.slice(index * 10, index * 10 + 10))
}

describe('a secret in place of a path or another value', () => {
  const secrets = [
    ['half a key in Base64', Buffer.from(pem).toString('base64').slice(30)],
    ['the end of a key in DER', der.slice(7)],
    ['an API token', apiToken],
    ['a short secret', 'correct-horse'],
    ['a secret that starts like a path', '/9jcorrecthorsebatterystaple'],
    ['half a PEM', pem.slice(40, -30).trim()],
  ] as const

  it.each(secrets)('is not shown by an error: %s', async (_what, secret) => {
    const file = { file: secret }
    const attempts = [
      [
        'CONNECT_OKTA_PRIVATE_KEY',
        () => readSettings({}, {}, home.environment({ ...appVariables, CONNECT_OKTA_PRIVATE_KEY: secret })),
      ],
      [
        'OKTA_CLIENT_PRIVATEKEY',
        () => readSettings({}, {}, home.environment({ ...appVariables, OKTA_CLIENT_PRIVATEKEY: secret })),
      ],
      ['The key', () => readSettings({ ...given, key: file }, {}, home.environment())],
      ['The clientSecret', () => readSettings({ ...given, clientSecret: file }, {}, home.environment())],
      ['The apiToken', () => readSettings({ ...given, apiToken: file }, {}, home.environment())],
    ] as const
    for (const [origin, settings] of attempts) {
      const error: unknown = await settings()
        .then(connectOptionsOf)
        .then(
          () => undefined,
          (failure: unknown) => failure,
        )
      expect(error).toMatchObject({ code: 'options_invalid', message: expect.stringContaining(origin) })
      expect((error as Error).message).toContain(`${secret.length} characters`)
      for (const part of partsOf(secret)) expect(allTextOf(error)).not.toContain(part)
    }
  })

  const given = { tenant: 'a.okta.com', clientId: '0oa1' }

  /** Checks that the error of `act` repeats no part of the secrets. */
  async function expectSecretFreeError(act: () => unknown): Promise<void> {
    const error: unknown = await Promise.resolve()
      .then(act)
      .then(() => undefined)
      .catch((failure: unknown) => failure)
    expect(error).toHaveProperty('code')
    const text = allTextOf(error).toLowerCase()
    for (const part of [...partsOf(der), apiToken]) expect(text).not.toContain(part.toLowerCase())
  }

  it.each<[string, object]>([
    ['the scopes', { scopes: [`${der}"`] }],
    ['the tenant', { tenant: der.replaceAll('+', '/') }],
    ['the password of the issuer URL', { authorizationServer: `http://user:${apiToken}@127.0.0.1/as` }],
    ['the path of the tenant', { tenant: `a.okta.com/${der}` }],
    ['the redirect URI', { redirectUri: der }],
    ['the grant', { grant: der }],
    ['the DPoP mode', { dpop: der, jsonWebKey: pem }],
    ['the id of a key', { jsonWebKey: JSON.stringify({ keys: [{ kid: der }] }) }],
    ['an invalid key', { jsonWebKey: der.slice(7) }],
  ])('is not shown by an error of connect: %s', async (_where, options) => {
    await expectSecretFreeError(() => connect({ ...given, ...options } as never))
  })

  it.each<[string, object]>([
    ['the client', { clientId: der }],
    ['the scopes', { scopes: [der] }],
  ])('is not shown by an error of resume: %s', async (_where, options) => {
    await expectSecretFreeError(() => resume(options, { store: createMemoryStore() }))
  })

  it.each([
    der,
    `redis//:${apiToken}@redis.example`,
    `cache.example:6380,password=${apiToken},ssl=True`,
    `redis-cli -a ${apiToken}`,
    `${apiToken}@cache.example:6379`,
  ])('is not shown by an error: the store %#', async store => {
    await expectSecretFreeError(() => openStore(store))
  })

  it.each([`${der}: x`, `store: redis://:${apiToken}@redis.example`])(
    'is not shown by an error: a setting of a profile %#',
    async line => {
      await home.write('config/profiles.yaml', `profiles:\n  p:\n    ${line}\n`)
      await expectSecretFreeError(() => readSettings({}, { profile: 'p' }, home.environment()))
    },
  )

  it('is not shown by an error: okta.yaml', async () => {
    await home.write('.okta/okta.yaml', `okta:\n  client:\n    privateKey: ${der.slice(7)}\n`)
    await expectSecretFreeError(async () => connectOptionsOf(await readSettings(given, {}, home.environment())))
  })

  it('is not shown by an error: the name of a profile', async () => {
    await expectSecretFreeError(() => readSettings({}, { profile: der }, home.environment()))
    await expectSecretFreeError(() => saveProfile(der, {}, {}, home.environment()))
  })

  it('is not shown by an error: the certificate file', async () => {
    await expectSecretFreeError(() => proxyFetch(fetch, () => ({ SSL_CERT_FILE: der }))('https://127.0.0.1:1'))
  })

  it('is not shown by an error: the key file of the store', async () => {
    await expectSecretFreeError(() => openRedisStore('redis://localhost', { CONNECT_OKTA_STORE_KEY_FILE: der }))
  })

  it('is distinguished from a path, which the error shows', async () => {
    const path = join(home.path, 'no-such-file')
    const attempt = readSettings({ ...given, key: { file: path } }, {}, home.environment()).then(connectOptionsOf)
    await expect(attempt).rejects.toMatchObject({ message: `The key cannot be read from ${path} (ENOENT).` })
  })
})
