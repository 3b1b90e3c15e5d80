import { generateKeyPairSync, type KeyObject, randomUUID } from 'node:crypto'
import { type OktaEmulator, startOktaEmulator } from '@connect-okta/emulator'
import { SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { connectionOf, digestFor, filesOf, startBroker, type TestBroker } from '../support/broker.test.support.js'

const pair = () => generateKeyPairSync('ec', { namedCurve: 'P-256' })
const [own, another, foreign] = [pair(), pair(), pair()]
let okta: OktaEmulator
let broker: TestBroker

beforeAll(async () => {
  okta = await startOktaEmulator({ clients: [{ kind: 'service' }] })
  const jwks = ({ publicKey }: { publicKey: KeyObject }) => ({ keys: [publicKey.export({ format: 'jwk' })] })
  broker = await startBroker(
    {
      connections: { users: connectionOf(okta, okta.client('service')) },
      clients: {
        signer: { jwks: jwks(own), connections: ['users'] },
        rotating: {
          jwks: { keys: [own, another].map(({ publicKey }) => publicKey.export({ format: 'jwk' })) },
          connections: ['users'],
        },
        limited: { jwks: jwks(own), connections: ['users'], ratePerMinute: 1 },
        second: { jwks: jwks(another), connections: ['users'] },
        secretive: { secretSha256: digestFor('secretive'), connections: ['users'] },
      },
      behindProxy: ['127.0.0.1', '::1'],
    },
    { files: filesOf(okta) },
  )
})
afterAll(async () => {
  await broker.stop()
  await okta.close()
})

let from = 0
async function ask(name: string, key: KeyObject, claims: object = {}, header: object = {}, address?: string) {
  const iat = Math.floor(Date.now() / 1000)
  const payload = { iss: name, sub: name, aud: broker.url, jti: randomUUID(), iat, exp: iat + 60, ...claims }
  const client_assertion = await new SignJWT(payload).setProtectedHeader({ alg: 'ES256', ...header }).sign(key)
  return await send(client_assertion, address)
}

async function send(client_assertion: string, address?: string) {
  const client_assertion_type = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
  const body = new URLSearchParams({ grant_type: 'client_credentials', client_assertion, client_assertion_type })
  from += 1
  const headers = { 'x-forwarded-for': address ?? `203.0.113.${from}` }
  const response = await fetch(`${broker.url}/oauth2/token`, { method: 'POST', headers, body })
  const fields = Object.fromEntries([...response.headers].filter(([name]) => !['date', 'x-request-id'].includes(name)))
  return { status: response.status, fields, body: await response.text() }
}

const junk = (name: string, alg: string) => {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  return `${part({ alg })}.${part({ iss: name, sub: name, exp: 9e9, jti: 'x' })}.${'A'.repeat(86)}`
}

describe('an invalid assertion', () => {
  it.each([
    ['is signed with another key', {}],
    ['has expired and is signed with another key', { exp: 1 }],
    ['is for another server and signed with another key', { aud: 'x' }],
  ])('gets the same response for known and unknown clients when it %s', async (_what, claims) => {
    const known = await ask('signer', foreign.privateKey, claims)
    expect(known.status).toBe(401)
    for (const name of ['unknown', 'secretive']) expect(await ask(name, foreign.privateKey, claims)).toEqual(known)
  })

  it.each([
    ['is junk', 'ES256'],
    ['has an algorithm that is not allowed', 'HS256'],
    ['has an algorithm that no key supports', 'RS256'],
    ['has no algorithm', 'none'],
  ])('gets the same response for known and unknown clients when it %s', async (_what, alg) => {
    const known = await send(junk('signer', alg))
    expect(known.status).toBe(401)
    for (const name of ['unknown', 'secretive']) expect(await send(junk(name, alg))).toEqual(known)
  })

  it('gets the same response when it is signed by another client', async () => {
    for (const claims of [{}, { exp: 1 }, { aud: 'x' }, { jti: 7 }]) {
      const [known, unknown] = [
        await ask('second', own.privateKey, claims),
        await ask('unknown', own.privateKey, claims),
      ]
      expect(known.status).toBe(401)
      expect(unknown).toEqual(known)
    }
  })

  it('gets a detailed error when its signature is valid', async () => {
    expect((await ask('signer', own.privateKey, { aud: 'x' })).body).toContain('aud')
    expect((await ask('signer', own.privateKey)).status).toBe(200)
  })

  it('is verified once whether or not the client exists or has a matching key', async () => {
    using verify = vi.spyOn(globalThis.crypto.subtle, 'verify')
    for (const name of ['signer', 'unknown', 'secretive']) {
      for (const alg of ['ES256', 'RS256', 'EdDSA']) {
        verify.mockClear()
        expect((await send(junk(name, alg))).status).toBe(401)
        expect(verify.mock.calls.length, `${name} ${alg}`).toBe(1)
      }
    }
  })
})

describe('an assertion', () => {
  it('is verified with each key of its type when the client has two keys without kid', async () => {
    for (const { privateKey } of [own, another]) expect((await ask('rotating', privateKey)).status).toBe(200)
    expect((await ask('rotating', foreign.privateKey)).status).toBe(401)
  })

  it('is not counted as a failed attempt when its signature is valid and its claims are not', async () => {
    for (let index = 0; index < 12; index++) {
      expect((await ask('signer', own.privateKey, { aud: 'x' }, {}, '203.0.113.250')).status).toBe(401)
    }
    expect((await ask('signer', own.privateKey, {}, {}, '203.0.113.250')).status).toBe(200)
  })

  it('is not stored when the rate limit of its client is exceeded', async () => {
    expect((await ask('limited', own.privateKey)).status).toBe(200)
    const iat = Math.floor(Date.now() / 1000)
    const claims = { iss: 'limited', sub: 'limited', aud: broker.url, jti: randomUUID(), iat, exp: iat + 600 }
    const assertion = await new SignJWT(claims).setProtectedHeader({ alg: 'ES256' }).sign(own.privateKey)
    expect((await send(assertion)).status).toBe(429)
    broker.advance(61_000)
    expect((await send(assertion)).status).toBe(200)
  })
})
