import { gzipSync } from 'node:zlib'
import { SignJWT } from 'jose'
import { afterEach, describe, expect, it } from 'vitest'
import { rsaKey } from '../../../../scripts/testing/rsa-key.js'
import { listLogins } from '../../src/session/logins.js'
import { createMemoryStore } from '../../src/stores/memory-store.js'
import { beginSignIn, completeSignIn } from '../../src/web-sign-in.js'
import { failureFrom, json, startServer, stopServers, token } from '../support/hostile-server.test.support.js'

const { privateKey, publicKey } = rsaKey()

afterEach(stopServers)

describe('a hostile authorization server', () => {
  it('that sends a gzip bomb fills no memory', async () => {
    const bomb = gzipSync(Buffer.alloc(200 * 1024 * 1024, ' '))
    const before = process.memoryUsage.rss()
    const failure = await failureFrom((_request, response) =>
      response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' }).end(bomb),
    )
    expect(failure).toMatchObject({ code: 'token_response_invalid' })
    expect(process.memoryUsage.rss() - before).toBeLessThan(100 * 1024 * 1024)
  })

  it('that wants another nonce each time is asked no more than a few times', async () => {
    let nonces = 0
    const failure = await failureFrom((request, response) => {
      json(400, { error: 'use_dpop_nonce' }, { 'dpop-nonce': `nonce-${nonces++}` })(request, response)
    })
    expect(failure).toMatchObject({ code: 'dpop_rejected' })
    expect(nonces).toBeLessThanOrEqual(4)
  })

  it('that asks to wait for ever is not waited for', async () => {
    const headers = { 'x-rate-limit-reset': '99999999999', date: new Date().toUTCString() }
    let requests = 0
    const failure = await failureFrom((request, response) => {
      requests += 1
      json(429, { errorCode: 'E0000047' }, headers)(request, response)
    })
    expect(failure).toMatchObject({ code: 'rate_limited' })
    expect(requests).toBe(1)
  })

  it.each<[string, object, object]>([
    ['calls a token bound that no proof was sent for', { token_type: 'DPoP' }, {}],
    ['calls a token bound where that was not wanted', { token_type: 'DPoP' }, { dpop: 'never' }],
    ['calls a token free where it has to be bound', { token_type: 'Bearer' }, { dpop: 'always' }],
  ])('that %s is refused', async (_what, more, options) => {
    expect(await failureFrom(json(200, { ...token, ...more }), options)).toMatchObject({ code: 'dpop_rejected' })
  })

  it.each(['0', '-1', '1e999', '"99999999999999"', '"soon"', 'null', '[]', '{"valueOf":1}'])(
    'that says a token lives %s seconds is refused',
    async lifetime => {
      const body = JSON.stringify({ ...token, expires_in: 'LIFE' }).replace('"LIFE"', lifetime)
      const failure = await failureFrom((_request, response) =>
        response.writeHead(200, { 'content-type': 'application/json' }).end(body),
      )
      expect(failure).toMatchObject({ code: 'token_response_invalid' })
    },
  )

  it('that has members for the prototype changes no object', async () => {
    const failure = await failureFrom((_request, response) =>
      response
        .writeHead(200, { 'content-type': 'application/json' })
        .end('{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"access_token":1}'),
    )
    expect(failure).toMatchObject({ code: 'token_response_invalid' })
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false)
  })
})

describe('an ID token of a hostile server', () => {
  const clientId = '0oa1'
  const now = Math.floor(Date.now() / 1000)
  interface Claims {
    readonly iss: string
    readonly aud: string
    readonly nonce: string
    readonly [claim: string]: unknown
  }

  const signed = (claims: object) => new SignJWT({ ...claims }).setProtectedHeader({ alg: 'RS256' }).sign(privateKey)

  /** Completes a sign-in with the ID token that `forge` makes of the right claims. */
  async function signInWith(forge: (right: Claims) => unknown) {
    let idToken: unknown
    const tenant = await startServer((request, response) => {
      json(200, { ...token, id_token: idToken })(request, response)
    })
    const redirectUri = 'https://app.example/callback'
    const options = { tenant, clientId, redirectUri }
    const { authorizationUrl: url, pending } = await beginSignIn(options)
    const nonce = url.searchParams.get('nonce') ?? ''
    idToken = await forge({ iss: tenant, aud: clientId, nonce, iat: now, exp: now + 3600, sub: '00u1' })
    const answer = new URL(redirectUri)
    answer.search = new URLSearchParams({ code: 'a-code', state: url.searchParams.get('state') ?? '' }).toString()
    const store = createMemoryStore()
    const outcome = await completeSignIn(options, pending, answer, { store }).catch(error => error)
    return { outcome, logins: await listLogins({ store }) }
  }

  async function expectNoSession(forge: (right: Claims) => unknown): Promise<void> {
    const { outcome, logins } = await signInWith(forge)
    expect(outcome).toMatchObject({ code: 'token_response_invalid' })
    expect(logins).toEqual([])
  }

  it('that is right gives a session', async () => {
    const { outcome, logins } = await signInWith(signed)
    expect(outcome).toMatchObject({ account: { sub: '00u1' } })
    expect(logins).toHaveLength(1)
  })

  it('that is missing gives no session', () => expectNoSession(() => undefined))

  it('that is no JWT gives no session', () => expectNoSession(() => 'not.a.jwt'))

  it('that has no signature at all gives no session', () =>
    expectNoSession(right => {
      const parts = [{ alg: 'none' }, right].map(part => Buffer.from(JSON.stringify(part)).toString('base64url'))
      return `${parts.join('.')}.`
    }))

  it('that is signed with the public key for a secret gives no session', () =>
    expectNoSession(right => {
      const secret = publicKey.export({ type: 'spki', format: 'pem' })
      return new SignJWT(right).setProtectedHeader({ alg: 'HS256' }).sign(new TextEncoder().encode(String(secret)))
    }))

  it.each<[string, object]>([
    ['is of another org', { iss: 'https://evil.okta.com' }],
    ['is for another app', { aud: '0oa2' }],
    ['is for several apps, and names another as the one meant', { aud: [clientId, '0oa2'], azp: '0oa2' }],
    ['is of another sign-in', { nonce: 'another' }],
    ['is of no sign-in', { nonce: undefined }],
    ['has run out', { exp: now - 3600 }],
    ['does not run out', { exp: undefined }],
    ['has no subject', { sub: undefined }],
  ])('that %s gives no session', async (_what, changes) => {
    await expectNoSession(right => signed({ ...right, ...changes }))
  })
})
