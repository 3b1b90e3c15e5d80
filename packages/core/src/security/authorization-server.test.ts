import { generateKeyPairSync } from 'node:crypto'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import { SignJWT } from 'jose'
import { afterEach, describe, expect, it } from 'vitest'
import { beginSignIn, completeSignIn, connect, createMemoryStore, listLogins, type OktaConnectError } from '../index.js'

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const jsonWebKey = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' })
const clientId = '0oa1'
const token = { access_token: 'a-token', token_type: 'Bearer', expires_in: 3600, scope: 'okta.users.manage' }

let server: Server | undefined
afterEach(() => {
  server?.closeAllConnections()
  server?.close()
})

/** A server at the address of the tenant that answers as it likes. */
async function hostile(answer: RequestListener): Promise<{ tenant: string; requests: () => number }> {
  let requests = 0
  server = createServer((request, response) => {
    requests += 1
    answer(request, response)
  })
  await new Promise<void>(resolve => server?.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return { tenant: `http://127.0.0.1:${port}`, requests: () => requests }
}

const json =
  (body: unknown, status = 200, headers = {}): RequestListener =>
  (_request, response) =>
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))

async function refusalOf(tenant: string, options = {}): Promise<OktaConnectError> {
  const store = createMemoryStore()
  const failure = await connect({ tenant, clientId, jsonWebKey, ...options }, { store }).then(
    () => expect.unreachable('it was taken for a token'),
    error => error,
  )
  expect(await listLogins({ store })).toEqual([])
  return failure
}

describe('a hostile authorization server', () => {
  it('that sends a gzip bomb fills no memory', async () => {
    const bomb = gzipSync(Buffer.alloc(200 * 1024 * 1024, ' '))
    const { tenant } = await hostile((_request, response) =>
      response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' }).end(bomb),
    )
    const before = process.memoryUsage.rss()
    expect(await refusalOf(tenant)).toMatchObject({ code: 'token_response_invalid' })
    expect(process.memoryUsage.rss() - before).toBeLessThan(100 * 1024 * 1024)
  })

  it('that wants another nonce each time is asked no more than a few times', async () => {
    let nonces = 0
    const { tenant, requests } = await hostile((request, response) => {
      json({ error: 'use_dpop_nonce' }, 400, { 'dpop-nonce': `nonce-${nonces++}` })(request, response)
    })
    expect(await refusalOf(tenant)).toMatchObject({ code: 'dpop_rejected' })
    expect(requests()).toBeLessThanOrEqual(4)
  })

  it('that asks to wait for ever is not waited for', async () => {
    const headers = { 'x-rate-limit-reset': '99999999999', date: new Date().toUTCString() }
    const { tenant, requests } = await hostile(json({ errorCode: 'E0000047' }, 429, headers))
    expect(await refusalOf(tenant)).toMatchObject({ code: 'rate_limited' })
    expect(requests()).toBe(1)
  })

  it.each<[string, object, object]>([
    ['calls a token bound that no proof was sent for', { token_type: 'DPoP' }, {}],
    ['calls a token bound where that was not wanted', { token_type: 'DPoP' }, { dpop: 'never' }],
    ['calls a token free where it has to be bound', { token_type: 'Bearer' }, { dpop: 'always' }],
  ])('that %s is refused', async (_what, more, options) => {
    const { tenant } = await hostile(json({ ...token, ...more }))
    expect(await refusalOf(tenant, options)).toMatchObject({ code: 'dpop_rejected' })
  })

  it.each(['0', '-1', '1e999', '"99999999999999"', '"soon"', 'null', '[]', '{"valueOf":1}'])(
    'that says a token lives %s seconds is refused',
    async lifetime => {
      const body = JSON.stringify({ ...token, expires_in: 'LIFE' }).replace('"LIFE"', lifetime)
      const { tenant } = await hostile((_q, response) =>
        response.writeHead(200, { 'content-type': 'application/json' }).end(body),
      )
      expect(await refusalOf(tenant)).toMatchObject({ code: 'token_response_invalid' })
    },
  )

  it('that has members for the prototype changes no object', async () => {
    const { tenant } = await hostile((_q, response) =>
      response
        .writeHead(200, { 'content-type': 'application/json' })
        .end('{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"access_token":1}'),
    )
    expect(await refusalOf(tenant)).toMatchObject({ code: 'token_response_invalid' })
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false)
  })
})

describe('an ID token of a hostile server', () => {
  const now = Math.floor(Date.now() / 1000)
  const signed = (claims: object, header: object = {}) =>
    new SignJWT({ sub: '00u1', ...claims }).setProtectedHeader({ alg: 'RS256', ...header }).sign(privateKey)
  const unsigned = (header: object, claims: object) =>
    `${[header, claims].map(part => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')}.`

  type Forge = (right: {
    iss: string
    aud: string
    nonce: string
    exp: number
    iat: number
  }) => Promise<string> | string
  it.each<[string, Forge | undefined]>([
    ['is missing', undefined],
    ['is no JWT', () => 'not.a.jwt'],
    ['has no signature at all', right => unsigned({ alg: 'none' }, { sub: '00u1', ...right })],
    [
      'is signed with the public key for a secret',
      right => {
        const secret = publicKey.export({ type: 'spki', format: 'pem' })
        return new SignJWT({ sub: '00u1', ...right })
          .setProtectedHeader({ alg: 'HS256' })
          .sign(new TextEncoder().encode(String(secret)))
      },
    ],
    ['is of another org', right => signed({ ...right, iss: 'https://evil.okta.com' })],
    ['is for another app', right => signed({ ...right, aud: '0oa2' })],
    [
      'is for several apps, and names another as the one meant',
      right => signed({ ...right, aud: [right.aud, '0oa2'], azp: '0oa2' }),
    ],
    ['is of another sign-in', right => signed({ ...right, nonce: 'another' })],
    ['is of no sign-in', right => signed({ ...right, nonce: undefined })],
    ['has run out', right => signed({ ...right, exp: now - 3600 })],
    ['does not run out', right => signed({ ...right, exp: undefined })],
    ['is of nobody', right => signed({ ...right, sub: undefined })],
  ])('that %s gives no session', async (_what, forge) => {
    let idToken: string | undefined
    const { tenant } = await hostile((request, response) => {
      json({ ...token, ...(idToken !== undefined && { id_token: idToken }) })(request, response)
    })
    const redirectUri = 'https://app.example/callback'
    const options = { tenant, clientId, redirectUri }
    const { authorizationUrl: url, pending } = await beginSignIn(options)
    const right = {
      iss: tenant,
      aud: clientId,
      nonce: url.searchParams.get('nonce') ?? '',
      iat: now,
      exp: now + 3600,
    }
    idToken = await forge?.(right)
    const answer = new URL(redirectUri)
    answer.search = new URLSearchParams({ code: 'a-code', state: url.searchParams.get('state') ?? '' }).toString()
    const store = createMemoryStore()
    await expect(completeSignIn(options, pending, answer, { store })).rejects.toMatchObject({
      code: 'token_response_invalid',
    })
    expect(await listLogins({ store })).toEqual([])
  })
})
