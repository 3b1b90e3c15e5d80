import { generateKeyPairSync, randomUUID } from 'node:crypto'
import { type OktaEmulator, startOktaEmulator } from '@connect-okta/emulator'
import { SignJWT } from 'jose'
import * as openid from 'openid-client'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import {
  connectionOf,
  digestFor,
  filesOf,
  secretOf,
  startBroker,
  type TestBroker,
} from './support/broker.test.support.js'

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const signer = { ...publicKey.export({ format: 'jwk' }), kid: 'signer-1', alg: 'ES256' }

const signingKey = await crypto.subtle.importKey(
  'jwk',
  privateKey.export({ format: 'jwk' }) as import('node:crypto').webcrypto.JsonWebKey,
  { name: 'ECDSA', namedCurve: 'P-256' },
  false,
  ['sign'],
)

let okta: OktaEmulator
let broker: TestBroker

beforeAll(async () => {
  okta = await startOktaEmulator({ clients: [{ kind: 'service' }] })
  broker = await startBroker(
    {
      connections: { users: connectionOf(okta, okta.client('service')) },
      clients: {
        payroll: { secretSha256: digestFor('payroll'), connections: ['users'], mayRevoke: true },
        // A file with one JWK, as connect-okta keygen prints it.
        signer: { jwks: { file: 'signer.json' }, connections: ['users'] },
      },
    },
    { files: { ...filesOf(okta), 'signer.json': JSON.stringify(signer) } },
  )
})
afterAll(async () => {
  await broker.stop()
  await okta.close()
})

async function apiAnswers(token: string): Promise<number> {
  const headers = { authorization: `Bearer ${token}` }
  return (await fetch(new URL('/api/v1/users?limit=1', okta.orgUrl), { headers })).status
}

describe('openid-client', () => {
  const discover = (name: string, authentication: openid.ClientAuth) =>
    openid.discovery(new URL(broker.url), name, undefined, authentication, {
      algorithm: 'oauth2',
      execute: [openid.allowInsecureRequests],
    })

  it('revokes a token for all clients only when the client has mayRevoke', async () => {
    const mine = await discover('payroll', openid.ClientSecretBasic(secretOf('payroll')))
    const theirs = await discover('signer', openid.PrivateKeyJwt({ key: signingKey, kid: 'signer-1' }))
    const { access_token } = await openid.clientCredentialsGrant(theirs)
    await openid.tokenRevocation(theirs, access_token)
    await openid.tokenRevocation(mine, 'an unknown token')
    expect(await apiAnswers(access_token)).toBe(200)
    await openid.tokenRevocation(mine, access_token)
    expect(await apiAnswers(access_token)).toBe(401)
    expect(broker.lines().filter(line => line.audit === 'revocation')).toMatchObject([{ client: 'payroll' }])
    const next = await openid.clientCredentialsGrant(theirs)
    expect(next.access_token).not.toBe(access_token)
    expect(await apiAnswers(next.access_token)).toBe(200)
  })
})

describe('private_key_jwt', () => {
  let aheadMs = 0
  const now = () => Math.floor((Date.now() + aheadMs) / 1000)
  // Failed attempts are blocked for a minute.
  beforeEach(() => {
    aheadMs += 60_000
    broker.advance(60_000)
  })

  async function ask(claims: Record<string, unknown> = {}, signingKey = privateKey): Promise<number> {
    return await send(await signed(claims, signingKey))
  }

  async function signed(claims: Record<string, unknown> = {}, signingKey = privateKey): Promise<string> {
    const usual = { iss: 'signer', sub: 'signer', aud: broker.url, jti: randomUUID(), iat: now(), exp: now() + 60 }
    return await new SignJWT({ ...usual, ...claims })
      .setProtectedHeader({ alg: 'ES256', kid: 'signer-1' })
      .sign(signingKey)
  }

  async function send(assertion: string): Promise<number> {
    const body = new URLSearchParams({
      grant_type: 'client_credentials',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: assertion,
    })
    return (await fetch(`${broker.url}/oauth2/token`, { method: 'POST', body })).status
  }

  it('is accepted for the issuer, for the endpoint, and for several audiences', async () => {
    for (const aud of [broker.url, `${broker.url}/oauth2/token`, ['https://elsewhere.example', broker.url]]) {
      expect(await ask({ aud }), String(aud)).toBe(200)
    }
  })

  it.each([
    ['for another audience', { aud: 'https://elsewhere.example' }],
    ['without an audience', { aud: undefined }],
    ['that has expired', { iat: now() - 600, exp: now() - 300 }],
    ['without exp', { exp: undefined }],
    ['that is valid for a day', { exp: now() + 86_400 }],
    ['that is not valid yet', { nbf: now() + 3600 }],
    ['without a jti', { jti: undefined }],
    ['whose iss is not its sub', { sub: 'payroll' }],
    ['of a client without keys', { iss: 'payroll', sub: 'payroll' }],
  ])('is rejected %s', async (_what, claims) => {
    expect(await ask(claims)).toBe(401)
  })

  it('is rejected when it has another key, no signature, or a signature with the public key as a secret', async () => {
    const other = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
    expect(await ask({}, other)).toBe(401)
    const [, payload = ''] = (await signed()).split('.')
    const none = Buffer.from('{"alg":"none"}').toString('base64url')
    expect(await send(`${none}.${payload}.`)).toBe(401)
    const usual = { iss: 'signer', sub: 'signer', aud: broker.url, jti: randomUUID(), exp: now() + 60 }
    const secret = Buffer.from(JSON.stringify(signer))
    expect(await send(await new SignJWT(usual).setProtectedHeader({ alg: 'HS256' }).sign(secret))).toBe(401)
  })

  it('is accepted once', async () => {
    const assertion = await signed()
    const statuses = await Promise.all(Array.from({ length: 5 }, () => send(assertion)))
    expect(statuses.sort()).toEqual([200, 401, 401, 401, 401])
  })
})
