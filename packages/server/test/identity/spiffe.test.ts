import { type OktaEmulator, startOktaEmulator } from '@connect-okta/emulator'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { connectionOf, filesOf, startBroker, type TestBroker } from '../support/broker.test.support.js'
import { newKey, startIssuer, type TestIssuer } from '../support/issuer.test.support.js'

const [filed, x509] = [newKey(), newKey()]
const jwk = ({ publicKey }: ReturnType<typeof newKey>) => publicKey.export({ format: 'jwk' })
const spiffeType = 'urn:ietf:params:oauth:client-assertion-type:jwt-spiffe'
const payroll = 'spiffe://example.org/ns/prod/sa/payroll'
let okta: OktaEmulator
let endpoint: TestIssuer
let broker: TestBroker

beforeAll(async () => {
  okta = await startOktaEmulator({ clients: [{ kind: 'service' }] })
  endpoint = await startIssuer()
  endpoint.responses.set('/bundle', {
    body: { keys: [{ ...jwk(filed), kid: 'first', use: 'jwt-svid' }], spiffe_refresh_hint: 600 },
  })
  const bundle = {
    spiffe_sequence: 1,
    keys: [
      { ...jwk(filed), kid: 'first', use: 'jwt-svid' },
      { ...jwk(x509), kid: 'x509', use: 'x509-svid' },
    ],
  }
  broker = await startBroker(
    {
      connections: { users: connectionOf(okta, okta.client('service')) },
      trustDomains: {
        'example.org': { bundle: { file: 'bundle.json' } },
        'remote.example': { bundle: `${endpoint.url}/bundle` },
      },
      clients: {
        payroll: { spiffe: payroll, connections: 'users' },
        nodes: { spiffe: [payroll, 'spiffe://remote.example/node/*/agent'], connections: 'users' },
      },
      behindProxy: ['127.0.0.1', '::1'],
    },
    { files: { ...filesOf(okta), 'bundle.json': JSON.stringify(bundle) } },
  )
})
afterAll(async () => {
  await broker.stop()
  await endpoint[Symbol.asyncDispose]()
  await okta.close()
})

let from = 0
async function ask(
  client_id: string,
  sub: string,
  claims: object = {},
  { type = spiffeType, key = filed, kid = 'first' } = {},
) {
  const client_assertion = await endpoint.sign(
    { aud: broker.url, sub, iss: undefined, ...claims } as never,
    { kid },
    key.privateKey,
  )
  const form = { grant_type: 'client_credentials', client_id, client_assertion, client_assertion_type: type }
  from += 1
  const headers = { 'x-forwarded-for': `203.0.113.${from}` }
  const body = new URLSearchParams(form)
  return (await fetch(`${broker.url}/oauth2/token`, { method: 'POST', body, headers })).status
}

describe('a JWT-SVID', () => {
  it('authenticates the client with its SPIFFE ID', async () => {
    expect(await ask('payroll', payroll)).toBe(200)
    expect(await ask('nodes', payroll)).toBe(200)
    expect(await ask('payroll', payroll, { iat: undefined, nbf: undefined })).toBe(200)
    expect(broker.lines().findLast(({ audit }) => audit === 'token')).toMatchObject({
      client: 'payroll',
      identity: { issuer: 'example.org', subject: payroll, claims: { sub: payroll } },
    })
  })

  it('is verified with the bundle of its trust domain, also over HTTP', async () => {
    expect(await ask('nodes', 'spiffe://remote.example/node/7/agent')).toBe(200)
    expect(await ask('nodes', 'spiffe://remote.example/node/7/8/agent')).toBe(401)
    expect(await ask('payroll', 'spiffe://remote.example/ns/prod/sa/payroll')).toBe(401)
  })

  it.each([
    ['another SPIFFE ID', 'spiffe://example.org/ns/prod/sa/other', {}, {}],
    ['a trust domain without a bundle', 'spiffe://other.example/ns/prod/sa/payroll', {}, {}],
    ['a SPIFFE ID without a path', 'spiffe://example.org', {}, {}],
    ['a dot segment', 'spiffe://example.org/ns/../sa/payroll', {}, {}],
    ['two audiences', payroll, { aud: ['BROKER', 'https://other.example.com'] }, {}],
    ['no exp', payroll, { exp: undefined }, {}],
    ['an exp that is too far', payroll, { iat: undefined, exp: Math.floor(Date.now() / 1000) + 4000 }, {}],
    ['the signature of an X.509 key', payroll, {}, { key: x509, kid: 'x509' }],
    ['the signature of another key', payroll, {}, { key: x509 }],
    ['the type of other assertions', payroll, {}, { type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer' }],
  ])('is rejected when it has %s', async (_what, sub, claims, more) => {
    const given = JSON.parse(JSON.stringify(claims).replace('BROKER', broker.url))
    expect(await ask('payroll', sub, { ...claims, ...given }, more)).toBe(401)
  })

  it('authenticates requests without a form', async () => {
    const token = await endpoint.sign(
      { aud: broker.url, sub: payroll, iss: 'https://spire.example.org' },
      {},
      filed.privateKey,
    )
    const headers = { authorization: `Bearer ${token}`, 'connect-okta-client': 'payroll' }
    expect((await fetch(`${broker.url}/proxy/users/api/v1/users`, { headers })).status).toBe(200)
  })

  it('is a method in the metadata', async () => {
    const metadata = await (await fetch(`${broker.url}/.well-known/oauth-authorization-server`)).json()
    expect(metadata).toMatchObject({ token_endpoint_auth_methods_supported: expect.arrayContaining(['spiffe_jwt']) })
  })
})
