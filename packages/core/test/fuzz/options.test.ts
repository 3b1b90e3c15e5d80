import { generateKeyPairSync } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseOptions } from '../../src/config/parse-options.js'
import { parseProfilesFile } from '../../src/config/profiles/profile-format.js'
import { parseTenant } from '../../src/config/tenant.js'
import { parseClientKey } from '../../src/keys/client-key.js'
import { canary, mutated, parameters, property, runSafely } from './fuzz.test.support.js'

const key = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' })
const connection = { tenant: 'http://127.0.0.1:9', clientId: '0oa1', requestTimeoutMs: 1000 }

const tenants = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.webUrl({ withFragments: true, withQueryParameters: true }),
  mutated(fc.constantFrom('example.okta.com', 'https://Example.okta.com/', 'http://[::1]:8080', 'a-admin.okta.com')),
)

describe('random input', () => {
  it('parses as an HTTPS or loopback origin, or fails, when it is a tenant', async () => {
    await fc.assert(
      property(tenants, async text => {
        const url = (await runSafely(() => parseTenant(text))) as URL | undefined
        if (url === undefined) return
        expect(url.href).toBe(`${url.origin}/`)
        expect(url.protocol === 'https:' || ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname)).toBe(true)
        expect(parseTenant(url.href).href).toBe(url.href)
      }),
      parameters,
    )
  })

  it('parses as a key, or fails without showing any part of it, when it is a client key', async () => {
    const member = fc.oneof(
      fc.constant(canary),
      fc.string({ unit: 'binary' }),
      fc.integer(),
      fc.constant(null),
      fc.constant([]),
    )
    const names = fc.constantFrom(
      'kty',
      'crv',
      'x',
      'y',
      'd',
      'n',
      'e',
      'p',
      'q',
      'dp',
      'dq',
      'qi',
      'k',
      'kid',
      'alg',
      'keys',
    )
    // An error may show a key id.
    const jwks = fc
      .tuple(
        fc.dictionary(names, member).filter(({ kid }) => kid !== canary),
        fc.boolean(),
      )
      .map(([more, isComplete]) => ({
        ...(isComplete ? key : { kty: 'RSA' }),
        d: canary,
        ...more,
      }))
    const texts = fc.oneof(
      mutated(jwks.map(jwk => JSON.stringify(jwk))),
      fc.string({ unit: 'binary' }).map(text => text + canary),
      fc.base64String().map(text => `-----BEGIN PRIVATE KEY-----\n${text}${canary}\n-----END PRIVATE KEY-----`),
    )
    await fc.assert(
      property(
        fc.oneof(
          jwks,
          texts,
          jwks.map(jwk => ({ keys: [jwk, jwk] })),
        ),
        async jsonWebKey => {
          await runSafely(() => parseClientKey({ jsonWebKey }))
        },
      ),
      parameters,
    )
  })

  it('parses as options, or fails, when it is passed to connect', async () => {
    const value = fc.oneof(
      fc.string(),
      fc.anything(),
      fc.constantFrom('authorization_code', 'device_code', 'never', true),
    )
    const names = [
      'scopes',
      'dpop',
      'grant',
      'redirectUri',
      'loginHint',
      'timeoutMs',
      'authorizationServer',
      'clientSecret',
    ]
    const options = fc.record(Object.fromEntries(names.map(name => [name, value])), { requiredKeys: [] })
    await fc.assert(
      property(options, async more => {
        await runSafely(() => parseOptions({ ...connection, ...more } as never))
      }),
      parameters,
    )
  })

  it('parses as profiles, or fails, and changes no prototype when it is a profiles file', async () => {
    const names = fc.constantFrom(
      'profiles',
      'default',
      'tenant',
      'scopes',
      'key',
      'file',
      'keyring',
      '__proto__',
      'constructor',
      'p',
    )
    const { tree } = fc.letrec(tie => ({
      tree: fc.oneof(
        { maxDepth: 4 },
        fc.constantFrom('p', canary, 'auto', 1, null),
        fc.array(tie('tree'), { maxLength: 3 }),
        tie('map'),
      ),
      map: fc.dictionary(names, tie('tree'), { maxKeys: 4, noNullPrototype: true }),
    }))
    await fc.assert(
      property(tree, async content => {
        const text = JSON.stringify(content)
        // An error does not repeat an invalid value, which may be a secret.
        await runSafely(() => parseProfilesFile(JSON.parse(text), 'profiles.yaml'))
        expect(({} as Record<string, unknown>).tenant).toBeUndefined()
      }),
      parameters,
    )
  })
})

describe('inputs that fuzzing found', () => {
  it('escapes control characters in the error message', () => {
    expect(() => parseTenant('a\u007f\u009b2J\u202e.okta.com')).toThrow('"a\\u007f\\u009b2J\\u202e.okta.com"')
  })

  it.each<[string, object, string]>([
    ['a login hint that is not a string', { loginHint: true }, 'options_invalid'],
    ['a scope that is not a string', { scopes: [Symbol('a')] }, 'options_invalid'],
    ['a DPoP mode that JSON cannot represent', { dpop: 7n }, 'options_invalid'],
    ['a curve that is not a string', { jsonWebKey: { ...key, crv: { toString: [] } } }, 'private_key_invalid'],
    ['a key with an empty private part', { jsonWebKey: { ...key, d: '' } }, 'private_key_invalid'],
  ])('rejects %s with an OktaConnectError', async (_what, more, code) => {
    await expect(parseOptions({ ...connection, ...more } as never)).rejects.toMatchObject({ code })
  })
})
