import { generateKeyPairSync } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseClientKey } from './client-key.js'
import { connect } from './connect.js'
import { withDefaults } from './deps.js'
import { DpopNegotiation } from './dpop.js'
import { exchangeCode } from './grants/exchange-code.js'
import { createMemoryStore, isOktaConnectError, parseTenant } from './index.js'
import { parseOptions } from './options.js'
import { parseProfilesFile } from './profiles/profile-format.js'
import { parseRecord, type TokenRecord } from './token-record.js'

// All of them in CI, always the same, so that a change is judged by what it changes; fewer where somebody waits, and others
// each time.
const cases = process.env.CI === 'true' ? { numRuns: 10_000, seed: 20_261_124 } : { numRuns: 1_000 }
const canary = 'cAnArY-0123456789'
const key = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' })
const connection = { tenant: 'http://127.0.0.1:9', clientId: '0oa1', requestTimeoutMs: 1000 }

/** Runs something that may fail: with one of our errors, and without a word of a secret. */
async function survives(act: () => unknown): Promise<unknown> {
  try {
    return await act()
  } catch (error) {
    if (!isOktaConnectError(error)) throw error
    expect([error.message, error.hint, error.stack, String(error.cause), JSON.stringify(error)].join()).not.toContain(
      canary,
    )
    expect(error.message).not.toMatch(/\p{Cc}/u)
    return undefined
  }
}

// What people and servers write, with a slip in it somewhere.
const slipped = (right: fc.Arbitrary<string>) =>
  fc.tuple(right, fc.nat(), fc.nat(4), fc.string({ unit: 'binary', maxLength: 4 })).map(([text, at, removed, put]) => {
    const place = at % (text.length + 1)
    return text.slice(0, place) + put + text.slice(place + removed)
  })

const tenants = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.webUrl({ withFragments: true, withQueryParameters: true }),
  slipped(fc.constantFrom('example.okta.com', 'https://Example.okta.com/', 'http://[::1]:8080', 'a-admin.okta.com')),
)

describe('whatever is given', () => {
  it('as a tenant is an origin by HTTPS or on this machine, or an error that says why not', async () => {
    await fc.assert(
      fc.asyncProperty(tenants, async text => {
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
      fc.asyncProperty(
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
      fc.asyncProperty(options, async more => {
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
      fc.asyncProperty(tree, async content => {
        const text = JSON.stringify(content)
        // A value that is wrong is not repeated: somebody may have written a secret there.
        await survives(() => parseProfilesFile(JSON.parse(text), 'profiles.yaml'))
        expect(({} as Record<string, unknown>).tenant).toBeUndefined()
      }),
      cases,
    )
  })
})

describe('whatever comes back', () => {
  const body = fc.oneof(
    fc.json(),
    fc.string({ unit: 'binary' }),
    fc
      .record(
        {
          access_token: fc.oneof(fc.constant(canary), fc.anything()),
          token_type: fc.oneof(fc.constantFrom('Bearer', 'dpop', 'DPoP'), fc.anything()),
          expires_in: fc.oneof(fc.integer(), fc.double(), fc.string()),
          refresh_token: fc.oneof(fc.constant(`${canary}\n`), fc.anything()),
          id_token: fc.oneof(fc.constant(canary), fc.anything()),
          scope: fc.oneof(fc.string(), fc.anything()),
          error: fc.oneof(fc.constantFrom('use_dpop_nonce', 'invalid_client', 'invalid_scope'), fc.anything()),
          error_description: fc.oneof(fc.string({ unit: 'binary' }), fc.anything()),
        },
        { requiredKeys: [] },
      )
      .map(fields => JSON.stringify(fields) ?? ''),
  )
  const answers = fc.record({
    body,
    status: fc.constantFrom(200, 200, 200, 201, 204, 302, 400, 400, 401, 403, 404),
    type: fc.constantFrom('application/json', 'application/json; charset=utf-8', 'text/html', ''),
    nonce: fc.option(fc.base64String(), { nil: undefined }),
    date: fc.option(fc.oneof(fc.string(), fc.constant('Tue, 01 Jan 2030 00:00:00 GMT')), { nil: undefined }),
  })

  const toResponse = ({
    body,
    status,
    type,
    nonce,
    date,
  }: typeof answers extends fc.Arbitrary<infer A> ? A : never) => {
    const headers = new Headers({ 'content-type': type })
    const set = (name: string, value: string | undefined) => {
      if (value !== undefined && /^[\x20-\x7e]*$/.test(value)) headers.set(name, value)
    }
    set('dpop-nonce', nonce)
    set('date', date)
    return new Response(status === 204 ? null : body, { status, headers })
  }

  it('from the token endpoint is a token or an error, in time', async () => {
    await fc.assert(
      fc.asyncProperty(answers, async answer => {
        let requests = 0
        const fetch = async () => {
          requests += 1
          return toResponse(answer)
        }
        const store = createMemoryStore()
        const session = await survives(() => connect({ ...connection, jsonWebKey: key }, { fetch, store }))
        expect(requests).toBeLessThan(8)
        if (session === undefined) for await (const login of store.list()) expect(login).toBeUndefined()
      }),
      cases,
    )
  })

  it('to the callback is refused unless it is the answer', async () => {
    const { connection: parsed } = await parseOptions({ ...connection, clientId: '0oa1' })
    const { endpoints } = parsed
    if (endpoints === undefined) throw new Error('they are known for Okta')
    const secrets = { state: 'the-state', nonce: 'the-nonce', codeVerifier: canary.repeat(3) }
    const names = fc.constantFrom('code', 'state', 'iss', 'error', 'error_description', 'id_token', 'response', 'x')
    const values = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('the-state', 'http://127.0.0.1:9', 'a-code'))
    const deps = withDefaults({ fetch: async () => new Response('{}', { status: 400 }) })
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(names, values), { maxLength: 6 }), async pairs => {
        const answer = { redirectUri: 'http://localhost:8080/x', parameters: new URLSearchParams(pairs), secrets }
        const attempt = { ...parsed, endpoints, signal: undefined, forceLogin: false }
        const dpop = new DpopNegotiation('auto', { isRequired: false }, undefined)
        expect(await survives(() => exchangeCode(attempt, answer, dpop, deps))).toBeUndefined()
      }),
      cases,
    )
  })

  it('from the store is a record or a reason', async () => {
    const record: TokenRecord = {
      schema: 2,
      kind: 'token',
      login: { orgUrl: 'https://a.okta.com', clientId: '0oa1', identity: { type: 'user' }, scopes: ['a'] },
      grant: 'authorization_code',
      generation: 'g',
      accessToken: canary,
      tokenType: 'Bearer',
      grantedScopes: ['a'],
      obtainedAt: 1,
      expiresAt: 2,
    }
    const names = fc.constantFrom(
      ...Object.keys(record),
      'dpopKey',
      'refreshToken',
      'idToken',
      'recordKey',
      'isRequired',
    )
    const changed = fc.dictionary(names, fc.anything()).map(more => JSON.stringify({ ...record, ...more }) ?? '')
    const stored = fc.oneof(
      changed,
      slipped(fc.constant(JSON.stringify(record))),
      fc.json(),
      fc.string({ unit: 'binary' }),
    )
    await fc.assert(
      fc.asyncProperty(stored, async text => {
        const found = parseRecord(text)
        if ('unreadable' in found) expect(found.unreadable).not.toContain(canary)
        else expect(['token', 'current', 'client']).toContain(found.kind)
      }),
      cases,
    )
  })
})

describe('what was found this way', () => {
  it('an error of the server that is no text is an answer that cannot be read', async () => {
    const fetch = async () => Response.json({ error: { toString: [] } }, { status: 401 })
    await expect(
      connect({ ...connection, jsonWebKey: key }, { fetch, store: createMemoryStore() }),
    ).rejects.toMatchObject({
      code: 'token_response_invalid',
    })
  })

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
