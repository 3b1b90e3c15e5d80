import { generateKeyPairSync } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseOptions } from '../../src/config/parse-options.js'
import { connect } from '../../src/connect.js'
import { withDefaults } from '../../src/deps.js'
import { DpopNegotiation } from '../../src/oauth/dpop-negotiation.js'
import { exchangeCode } from '../../src/oauth/grants/exchange-code.js'
import { createMemoryStore } from '../../src/stores/memory-store.js'
import { parseRecord } from '../../src/stores/parse-record.js'
import { tokenRecord } from '../support/records.test.support.js'
import { canary, mutated, parameters, property, runSafely } from './fuzz.test.support.js'

const key = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' })
const connection = { tenant: 'http://127.0.0.1:9', clientId: '0oa1', requestTimeoutMs: 1000 }

describe('random data', () => {
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
  const responses = fc.record({
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
  }: typeof responses extends fc.Arbitrary<infer A> ? A : never) => {
    const headers = new Headers({ 'content-type': type })
    const set = (name: string, value: string | undefined) => {
      if (value !== undefined && /^[\x20-\x7e]*$/.test(value)) headers.set(name, value)
    }
    set('dpop-nonce', nonce)
    set('date', date)
    return new Response(status === 204 ? null : body, { status, headers })
  }

  it('yields a token or an error after a few requests when the token endpoint returns it', async () => {
    await fc.assert(
      property(responses, async response => {
        let requests = 0
        const fetch = async () => {
          requests += 1
          return toResponse(response)
        }
        const store = createMemoryStore()
        const session = await runSafely(() => connect({ ...connection, jsonWebKey: key }, { fetch, store }))
        expect(requests).toBeLessThan(8)
        if (session === undefined) for await (const login of store.list()) expect(login).toBeUndefined()
      }),
      parameters,
    )
  })

  it('is rejected when the callback receives it', async () => {
    const { connection: parsed } = await parseOptions({ ...connection, clientId: '0oa1' })
    const { endpoints } = parsed
    if (endpoints === undefined) throw new Error('the endpoints are missing')
    const secrets = { state: 'the-state', nonce: 'the-nonce', codeVerifier: canary.repeat(3) }
    const names = fc.constantFrom('code', 'state', 'iss', 'error', 'error_description', 'id_token', 'response', 'x')
    const values = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('the-state', 'http://127.0.0.1:9', 'a-code'))
    const deps = withDefaults({ fetch: async () => new Response('{}', { status: 400 }) })
    await fc.assert(
      property(fc.array(fc.tuple(names, values), { maxLength: 6 }), async pairs => {
        const callback = { redirectUri: 'http://localhost:8080/x', parameters: new URLSearchParams(pairs), secrets }
        const attempt = { ...parsed, endpoints, signal: undefined, forceLogin: false }
        const dpop = new DpopNegotiation('auto', { isRequired: false }, undefined)
        expect(await runSafely(() => exchangeCode(attempt, callback, dpop, deps))).toBeUndefined()
      }),
      parameters,
    )
  })

  it('parses as a record or yields a reason when the store returns it', async () => {
    const record = tokenRecord({ accessToken: canary })
    const names = fc.constantFrom(
      ...Object.keys(record),
      'dpopKey',
      'refreshToken',
      'idToken',
      'recordKey',
      'isRequired',
    )
    const changedRecords = fc.dictionary(names, fc.anything()).map(more => JSON.stringify({ ...record, ...more }) ?? '')
    const stored = fc.oneof(
      changedRecords,
      mutated(fc.constant(JSON.stringify(record))),
      fc.json(),
      fc.string({ unit: 'binary' }),
    )
    await fc.assert(
      property(stored, async text => {
        const result = parseRecord(text)
        if ('unreadable' in result) expect(result.unreadable).not.toContain(canary)
        else expect(['token', 'current', 'client']).toContain(result.kind)
      }),
      parameters,
    )
  })
})

describe('a response that fuzzing found', () => {
  it('is reported as token_response_invalid when its error code is not a string', async () => {
    const fetch = async () => Response.json({ error: { toString: [] } }, { status: 401 })
    await expect(
      connect({ ...connection, jsonWebKey: key }, { fetch, store: createMemoryStore() }),
    ).rejects.toMatchObject({
      code: 'token_response_invalid',
    })
  })
})
