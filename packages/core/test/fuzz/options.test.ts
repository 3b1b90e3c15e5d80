import { generateKeyPairSync } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseOptions } from '../../src/config/parse-options.js'
import { parseProfilesFile } from '../../src/config/profiles/profile-format.js'
import { parseTenant } from '../../src/config/tenant.js'
import { parseClientKey } from '../../src/keys/client-key.js'
import { canary, cases, given, slipped, survives } from './fuzz.test.support.js'

const key = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' })
const connection = { tenant: 'http://127.0.0.1:9', clientId: '0oa1', requestTimeoutMs: 1000 }

const tenants = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.webUrl({ withFragments: true, withQueryParameters: true }),
  slipped(fc.constantFrom('example.okta.com', 'https://Example.okta.com/', 'http://[::1]:8080', 'a-admin.okta.com')),
)

describe('whatever is given', () => {
  it('as a tenant is an origin by HTTPS or on this machine, or an error that says why not', async () => {
    await fc.assert(
      given(tenants, async text => {
        const url = (await survives(() => parseTenant(text))) as URL | undefined
        if (url === undefined) return
        expect(url.href).toBe(`${url.origin}/`)
        expect(url.protocol === 'https:' || ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname)).toBe(true)
        expect(parseTenant(url.href).href).toBe(url.href)
      }),
      cases,
    )
  })

  it('as a client key is a key or an error without a part of it', async () => {
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
    // An id is no secret: it may be told.
    const jwks = fc
      .tuple(
        fc.dictionary(names, member).filter(({ kid }) => kid !== canary),
        fc.boolean(),
      )
      .map(([more, isFull]) => ({
        ...(isFull ? key : { kty: 'RSA' }),
        d: canary,
        ...more,
      }))
    const texts = fc.oneof(
      slipped(jwks.map(jwk => JSON.stringify(jwk))),
      fc.string({ unit: 'binary' }).map(text => text + canary),
      fc.base64String().map(text => `-----BEGIN PRIVATE KEY-----\n${text}${canary}\n-----END PRIVATE KEY-----`),
    )
    await fc.assert(
      given(
        fc.oneof(
          jwks,
          texts,
          jwks.map(jwk => ({ keys: [jwk, jwk] })),
        ),
        async jsonWebKey => {
          await survives(() => parseClientKey({ jsonWebKey }))
        },
      ),
      cases,
    )
  })

  it('as options is an error or a connection', async () => {
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
      given(options, async more => {
        await survives(() => parseOptions({ ...connection, ...more } as never))
      }),
      cases,
    )
  })

  it('as profiles is an error or profiles, and changes no prototype', async () => {
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
      given(tree, async content => {
        const text = JSON.stringify(content)
        // A value that is wrong is not repeated: somebody may have written a secret there.
        await survives(() => parseProfilesFile(JSON.parse(text), 'profiles.yaml'))
        expect(({} as Record<string, unknown>).tenant).toBeUndefined()
      }),
      cases,
    )
  })
})

describe('what was found this way', () => {
  it('characters that a terminal obeys do not reach it', () => {
    expect(() => parseTenant('a\u007f\u009b2J\u202e.okta.com')).toThrow('"a\\u007f\\u009b2J\\u202e.okta.com"')
  })

  it.each<[string, object, string]>([
    ['a login hint that is no text', { loginHint: true }, 'options_invalid'],
    ['a scope that is no text', { scopes: [Symbol('a')] }, 'options_invalid'],
    ['a mode that cannot be shown', { dpop: 7n }, 'options_invalid'],
    ['a curve that is no text', { jsonWebKey: { ...key, crv: { toString: [] } } }, 'private_key_invalid'],
    ['a key whose private half is empty', { jsonWebKey: { ...key, d: '' } }, 'private_key_invalid'],
  ])('%s is an error of ours', async (_what, more, code) => {
    await expect(parseOptions({ ...connection, ...more } as never)).rejects.toMatchObject({ code })
  })
})
