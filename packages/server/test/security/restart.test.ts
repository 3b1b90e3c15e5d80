import { generateKeyPairSync, randomUUID } from 'node:crypto'
import { type OktaEmulator, startOktaEmulator } from '@connect-okta/emulator'
import { SignJWT } from 'jose'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { connectionOf, filesOf, startBroker } from '../support/broker.test.support.js'
import { startIssuer, type TestIssuer } from '../support/issuer.test.support.js'

let okta: OktaEmulator
let issuer: TestIssuer

beforeAll(async () => {
  okta = await startOktaEmulator({ clients: [{ kind: 'service' }] })
  issuer = await startIssuer()
})
afterAll(async () => {
  await issuer[Symbol.asyncDispose]()
  await okta.close()
})

it('accepts no token with replay: once that was issued before the process started', async () => {
  await using broker = await startBroker(
    {
      connections: { users: connectionOf(okta, okta.client('service')) },
      issuers: { [issuer.url]: { replay: 'once' } },
      clients: { deploy: { identity: { issuer: issuer.url, claims: { sub: 'job' } }, connections: 'users' } },
    },
    { files: filesOf(okta) },
  )
  const send = async (jti: string, agoSeconds: number) => {
    const iat = Math.floor(Date.now() / 1000) - agoSeconds
    const client_assertion = await issuer.sign({ aud: broker.url, sub: 'job', jti, iat, exp: iat + 300 })
    const client_assertion_type = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
    const form = { grant_type: 'client_credentials', client_id: 'deploy', client_assertion, client_assertion_type }
    return (await fetch(`${broker.url}/oauth2/token`, { method: 'POST', body: new URLSearchParams(form) })).status
  }
  // It may have been used at the process before this one.
  expect(await send('a', 60)).toBe(503)
  expect(await send('b', 0)).toBe(200)
})

it('accepts an assertion without iat that expires later than one from before the start can', async () => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const jwks = { keys: [{ ...publicKey.export({ format: 'jwk' }), alg: 'ES256' }] }
  await using broker = await startBroker(
    {
      connections: { users: connectionOf(okta, okta.client('service')) },
      clients: { signer: { jwks, connections: 'users' } },
    },
    { files: filesOf(okta) },
  )
  const send = async (claims: object) => {
    const usual = { iss: 'signer', sub: 'signer', aud: broker.url, jti: randomUUID() }
    const client_assertion = await new SignJWT({ ...usual, ...claims })
      .setProtectedHeader({ alg: 'ES256' })
      .sign(privateKey)
    const client_assertion_type = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
    const form = { grant_type: 'client_credentials', client_assertion, client_assertion_type }
    return (await fetch(`${broker.url}/oauth2/token`, { method: 'POST', body: new URLSearchParams(form) })).status
  }
  const startedAt = Math.floor(Date.now() / 1000)
  expect(await send({ exp: startedAt + 3590 })).toBe(503)
  expect(await send({ iat: startedAt + 1, exp: startedAt + 60 })).toBe(200)
  broker.advance(60_000)
  expect(await send({ exp: startedAt + 300 })).toBe(503)
  expect(await send({ exp: startedAt + 3650 })).toBe(200)
})
