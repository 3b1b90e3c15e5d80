import { createSign, generateKeyPairSync } from 'node:crypto'
import { type OktaEmulator, startOktaEmulator } from '@connect-okta/emulator'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  basic,
  connectionOf,
  digestFor,
  filesOf,
  secretOf,
  startBroker,
  type TestBroker,
} from '../support/broker.test.support.js'
import { type Answer, canary, casesFor, expectSound, given, mutated, send } from './fuzz.test.support.js'

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const ofForm = { 'content-type': 'application/x-www-form-urlencoded' }
const secret = secretOf('payroll')
const secrets = [canary, secret, basic('payroll').slice(6)]
let okta: OktaEmulator
let broker: TestBroker

beforeAll(async () => {
  okta = await startOktaEmulator({ clients: [{ kind: 'service' }] })
  const clients = {
    payroll: { secretSha256: digestFor('payroll'), connections: ['users'], mayRevoke: true },
    signer: { jwks: { keys: [publicKey.export({ format: 'jwk' })] }, connections: ['users'] },
  }
  const connections = { users: connectionOf(okta, okta.client('service')) }
  broker = await startBroker({ connections, clients, behindProxy: ['127.0.0.1'] }, { files: filesOf(okta) })
})
afterAll(async () => {
  // The log contains no secret of any request.
  const written = JSON.stringify(broker.lines())
  for (const one of secrets) expect(written).not.toContain(one)
  expect(written).not.toContain('unexpected error')
  await broker.stop()
  await okta.close()
})

const text = fc.oneof(fc.string({ unit: 'binary', maxLength: 20 }), fc.constant(canary))
const names = [
  ...['grant_type', 'scope', 'resource', 'connection', 'client_id', 'client_secret', 'token', 'token_type_hint'],
  ...['client_assertion', 'client_assertion_type', '__proto__', 'constructor', 'toString'],
]
const values = [
  ...[
    'client_credentials',
    'okta.users.read',
    'users',
    'payroll',
    'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
  ],
  ...['', ' ', '*', 'https://x.okta.com', '__proto__'],
]
// The error for an unknown scope contains the scope, so the canary is not used as one.
const pairs = fc
  .array(fc.tuple(fc.oneof(fc.constantFrom(...names), text), fc.oneof(fc.constantFrom(...values), text)), {
    maxLength: 6,
  })
  .map(all => all.filter(([name, value]) => name !== 'scope' || value !== canary))
const right = new URLSearchParams({ grant_type: 'client_credentials', scope: 'okta.users.read' }).toString()
const bodies = fc.oneof(
  pairs.map(all => new URLSearchParams(all).toString()),
  pairs.map(all => all.map(pair => pair.join('=')).join('&')),
  mutated(fc.constant(right)),
)
const types = fc.constantFrom(
  ...Array(8).fill('application/x-www-form-urlencoded'),
  'application/x-www-form-urlencoded; charset=utf-16',
  'application/json',
  'multipart/form-data; boundary=x',
  '',
)
const post = (path: string, headers: Record<string, string>, body: string) =>
  send(broker.port, { path, headers: { ...ofForm, ...headers }, body })

describe('a random request', () => {
  it('gets a token or an error when its form is random', async () => {
    const credentials = fc.constantFrom<Record<string, string>>({ authorization: basic('payroll') }, {})
    await fc.assert(
      given(fc.tuple(bodies, types, credentials), async ([body, type, mine]) => {
        const answer = await post('/oauth2/token', { 'content-type': type, ...mine }, body)
        expectSound(answer, secrets)
        // Without credentials, no token is returned.
        if (mine.authorization === undefined) expect([400, 401]).toContain(answer.status)
      }),
      casesFor(0.3),
    )
  })

  it('authenticates only with the secret when its header is random', async () => {
    const decoded = fc.oneof(
      mutated(fc.constant(`payroll:${secret}`)),
      fc.tuple(text, text).map(pair => pair.join(':')),
      text,
    )
    const headers = fc.oneof(
      decoded.map(one => `Basic ${Buffer.from(one).toString('base64')}`),
      mutated(fc.constant(basic('payroll'))),
      fc.tuple(fc.constantFrom('Basic', 'BASIC', 'Bearer', 'DPoP', ''), text).map(pair => pair.join(' ')),
    )
    await fc.assert(
      given(headers, async authorization => {
        const answer = await post('/oauth2/token', { authorization }, right)
        expectSound(answer, secrets)
        if (answer.status !== 200) return
        const value = authorization
          .replace(/[\r\n\0]/g, '')
          .trim()
          .slice('Basic '.length)
        expect(Buffer.from(value.trim(), 'base64').toString()).toBe(`payroll:${secret}`)
      }),
      casesFor(0.2),
    )
  })

  it('authenticates only with a valid assertion for this broker when its assertion is random', async () => {
    const now = Math.floor(Date.now() / 1000)
    const usual = { iss: 'signer', sub: 'signer', aud: broker.url, iat: now, exp: now + 60 }
    const odd = fc.oneof(
      fc.jsonValue(),
      fc.constantFrom<unknown>('signer', broker.url, now, now + 0.25, -1, 1e300, canary),
    )
    const claims = fc
      .record(Object.fromEntries(['iss', 'sub', 'aud', 'exp', 'nbf', 'iat', 'jti'].map(name => [name, odd])), {
        requiredKeys: [],
      })
      .chain(more => fc.subarray(Object.keys(more)).map(kept => kept.map(name => [name, more[name]] as const)))
      .chain(more => fc.uuid().map(jti => ({ ...usual, jti, ...Object.fromEntries(more) })))
    const headers = fc.oneof(
      fc.constant({ alg: 'ES256' }),
      fc.record(
        {
          alg: fc.oneof(fc.constantFrom('none', 'HS256', 'ES256'), fc.jsonValue()),
          kid: fc.jsonValue(),
          crit: fc.jsonValue(),
        },
        { requiredKeys: [] },
      ),
    )
    const signed = fc.tuple(headers, claims).map(([header, payload]) => signedBy(privateKey, header, payload))
    await fc.assert(
      given(fc.oneof(signed, mutated(signed)), async client_assertion => {
        const client_assertion_type = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
        const form = new URLSearchParams({ grant_type: 'client_credentials', client_assertion, client_assertion_type })
        const answer = await post('/oauth2/token', {}, form.toString())
        // It may have been used before the process started.
        const isOld = answer.status === 503 && answer.body.includes('older than the record of used assertions')
        if (!isOld) expectSound(answer, secrets)
        if (answer.status !== 200) return
        const { iss, sub, aud, exp } = payloadOf(client_assertion)
        expect({ iss, sub }).toEqual({ iss: 'signer', sub: 'signer' })
        expect([aud].flat()).toContain(broker.url)
        expect(exp).toBeGreaterThan(now - 60)
      }),
      casesFor(0.15),
    )
  })

  it('revokes only the given token when its form is random', async () => {
    await fc.assert(
      given(
        fc.oneof(
          bodies,
          text.map(token => new URLSearchParams({ token }).toString()),
        ),
        async body => {
          const answer = await post('/oauth2/revoke', { authorization: basic('payroll') }, body)
          expectSound(answer, secrets)
          expect([200, 400]).toContain(answer.status)
        },
      ),
      casesFor(0.05),
    )
    expect((await post('/oauth2/token', { authorization: basic('payroll') }, right)).status).toBe(200)
  })
})

function signedBy(key: typeof privateKey, header: object, payload: object): string {
  const input = [header, payload].map(part => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')
  const signature = createSign('sha256').update(input).sign({ key, dsaEncoding: 'ieee-p1363' })
  return `${input}.${signature.toString('base64url')}`
}

function payloadOf(assertion: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(assertion.split('.')[1] ?? '', 'base64url').toString())
}

describe('a regression found by fuzzing', () => {
  const ask = (payload: object): Promise<Answer> => {
    const usual = { iss: 'signer', sub: 'signer', aud: broker.url, exp: Math.floor(Date.now() / 1000) + 60 }
    const client_assertion = signedBy(privateKey, { alg: 'ES256' }, { ...usual, ...payload })
    const client_assertion_type = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
    const form = new URLSearchParams({ grant_type: 'client_credentials', client_assertion, client_assertion_type })
    return post('/oauth2/token', {}, form.toString())
  }

  it('rejects an assertion when its jti is not a string', async () => {
    expect((await ask({ jti: { toString: 1, valueOf: 1 } })).status).toBe(401)
    expect((await ask({ jti: 7 })).status).toBe(401)
  })

  it.each([
    ['before it', basic('payroll').replace(' ', ' *')],
    ['after it', `${basic('payroll')} x`],
  ])('rejects a secret with other characters %s', async (_where, authorization) => {
    expect((await post('/oauth2/token', { authorization }, right)).status).toBe(401)
  })

  it('does not repeat the name of a parameter that may be a secret', async () => {
    const answer = await post('/oauth2/token', { authorization: basic('payroll') }, `${canary}=1&${canary}=2`)
    expect(JSON.parse(answer.body).error_description).toBe('A parameter is repeated.')
  })
})
