import { gzipSync } from 'node:zlib'
import { SignJWT } from 'jose'
import { afterEach, describe, expect, it } from 'vitest'
import { rsaKey } from '../../../../scripts/testing/rsa-key.js'
import { listLogins } from '../../src/session/logins.js'
import { createMemoryStore } from '../../src/stores/memory-store.js'
import { beginSignIn, completeSignIn } from '../../src/web-sign-in.js'
import {
  connectErrorFrom,
  jsonResponse,
  startFakeServer,
  stopFakeServers,
  tokenResponse,
} from '../support/fake-server.test.support.js'

const { privateKey, publicKey } = rsaKey()

afterEach(stopFakeServers)

describe('a malicious authorization server', () => {
  it('cannot exhaust memory with a gzip bomb', async () => {
    const bomb = gzipSync(Buffer.alloc(200 * 1024 * 1024, ' '))
    const before = process.memoryUsage.rss()
    const failure = await connectErrorFrom((_request, response) =>
      response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' }).end(bomb),
    )
    expect(failure).toMatchObject({ code: 'token_response_invalid' })
    expect(process.memoryUsage.rss() - before).toBeLessThan(100 * 1024 * 1024)
  })

  it('receives at most four requests when it demands a new nonce each time', async () => {
    let nonces = 0
    const failure = await connectErrorFrom((request, response) => {
      jsonResponse(400, { error: 'use_dpop_nonce' }, { 'dpop-nonce': `nonce-${nonces++}` })(request, response)
    })
    expect(failure).toMatchObject({ code: 'dpop_rejected' })
    expect(nonces).toBeLessThanOrEqual(4)
  })

  it('cannot delay a retry without limit', async () => {
    const headers = { 'x-rate-limit-reset': '99999999999', date: new Date().toUTCString() }
    let requests = 0
    const failure = await connectErrorFrom((request, response) => {
      requests += 1
      jsonResponse(429, { errorCode: 'E0000047' }, headers)(request, response)
    })
    expect(failure).toMatchObject({ code: 'rate_limited' })
    expect(requests).toBe(1)
  })

  it.each<[string, object, object]>([
    ['returns a DPoP token when no proof was sent', { token_type: 'DPoP' }, {}],
    ['returns a DPoP token when dpop is never', { token_type: 'DPoP' }, { dpop: 'never' }],
    ['returns a Bearer token when dpop is always', { token_type: 'Bearer' }, { dpop: 'always' }],
  ])('is rejected when it %s', async (_what, more, options) => {
    expect(await connectErrorFrom(jsonResponse(200, { ...tokenResponse, ...more }), options)).toMatchObject({
      code: 'dpop_rejected',
    })
  })

  it.each(['0', '-1', '1e999', '"99999999999999"', '"soon"', 'null', '[]', '{"valueOf":1}'])(
    'is rejected when expires_in is %s',
    async lifetime => {
      const body = JSON.stringify({ ...tokenResponse, expires_in: 'PLACEHOLDER' }).replace('"PLACEHOLDER"', lifetime)
      const failure = await connectErrorFrom((_request, response) =>
        response.writeHead(200, { 'content-type': 'application/json' }).end(body),
      )
      expect(failure).toMatchObject({ code: 'token_response_invalid' })
    },
  )

  it('cannot change a prototype with the members of a response', async () => {
    const failure = await connectErrorFrom((_request, response) =>
      response
        .writeHead(200, { 'content-type': 'application/json' })
        .end('{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"access_token":1}'),
    )
    expect(failure).toMatchObject({ code: 'token_response_invalid' })
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false)
  })
})

describe('an ID token of a malicious server', () => {
  const clientId = '0oa1'
  const now = Math.floor(Date.now() / 1000)
  interface Claims {
    readonly iss: string
    readonly aud: string
    readonly nonce: string
    readonly [claim: string]: unknown
  }

  const signed = (claims: object) => new SignJWT({ ...claims }).setProtectedHeader({ alg: 'RS256' }).sign(privateKey)

  /** Completes a sign-in with the ID token that `forge` makes from valid claims. */
  async function signInWith(forge: (valid: Claims) => unknown) {
    let idToken: unknown
    const tenant = await startFakeServer((request, response) => {
      jsonResponse(200, { ...tokenResponse, id_token: idToken })(request, response)
    })
    const redirectUri = 'https://app.example/callback'
    const options = { tenant, clientId, redirectUri }
    const { authorizationUrl: url, pending } = await beginSignIn(options)
    const nonce = url.searchParams.get('nonce') ?? ''
    idToken = await forge({ iss: tenant, aud: clientId, nonce, iat: now, exp: now + 3600, sub: '00u1' })
    const callbackUrl = new URL(redirectUri)
    callbackUrl.search = new URLSearchParams({ code: 'a-code', state: url.searchParams.get('state') ?? '' }).toString()
    const store = createMemoryStore()
    const outcome = await completeSignIn(options, pending, callbackUrl, { store }).catch(error => error)
    return { outcome, logins: await listLogins({ store }) }
  }

  async function expectRejected(forge: (valid: Claims) => unknown): Promise<void> {
    const { outcome, logins } = await signInWith(forge)
    expect(outcome).toMatchObject({ code: 'token_response_invalid' })
    expect(logins).toEqual([])
  }

  it('is accepted when it is valid', async () => {
    const { outcome, logins } = await signInWith(signed)
    expect(outcome).toMatchObject({ account: { sub: '00u1' } })
    expect(logins).toHaveLength(1)
  })

  it('is rejected when it is missing', () => expectRejected(() => undefined))

  it('is rejected when it is not a JWT', () => expectRejected(() => 'not.a.jwt'))

  it('is rejected when it has no signature', () =>
    expectRejected(valid => {
      const parts = [{ alg: 'none' }, valid].map(part => Buffer.from(JSON.stringify(part)).toString('base64url'))
      return `${parts.join('.')}.`
    }))

  it('is rejected when it is signed with the public key as an HMAC secret', () =>
    expectRejected(valid => {
      const secret = publicKey.export({ type: 'spki', format: 'pem' })
      return new SignJWT(valid).setProtectedHeader({ alg: 'HS256' }).sign(new TextEncoder().encode(String(secret)))
    }))

  it.each<[string, object]>([
    ['has the issuer of another org', { iss: 'https://evil.okta.com' }],
    ['has the audience of another app', { aud: '0oa2' }],
    ['has several audiences and another authorized party', { aud: [clientId, '0oa2'], azp: '0oa2' }],
    ['has the nonce of another sign-in', { nonce: 'another' }],
    ['has no nonce', { nonce: undefined }],
    ['has expired', { exp: now - 3600 }],
    ['does not expire', { exp: undefined }],
    ['has no subject', { sub: undefined }],
  ])('is rejected when it %s', async (_what, changes) => {
    await expectRejected(valid => signed({ ...valid, ...changes }))
  })
})
