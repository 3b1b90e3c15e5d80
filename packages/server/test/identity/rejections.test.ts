import { type OktaEmulator, startOktaEmulator } from '@connect-okta/emulator'
import { decodeJwt } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  basic,
  connectionOf,
  digestFor,
  filesOf,
  startBroker,
  type TestBroker,
} from '../support/broker.test.support.js'
import { newKey, startIssuer, type TestIssuer } from '../support/issuer.test.support.js'

const claims = { repository_id: '1234', ref: 'refs/heads/release-7', event_name: 'push' }
const jwtBearer = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
let okta: OktaEmulator
let issuer: TestIssuer
let broker: TestBroker

beforeAll(async () => {
  okta = await startOktaEmulator({ clients: [{ kind: 'service' }] })
  issuer = await startIssuer()
  broker = await startBroker(
    {
      connections: { users: connectionOf(okta, okta.client('service')) },
      clients: {
        deploy: {
          identity: { issuer: issuer.url, claims: { ...claims, ref: 'refs/heads/*' } },
          connections: 'users',
        },
        payroll: { secretSha256: digestFor('payroll'), connections: 'users' },
      },
      behindProxy: ['127.0.0.1', '::1'],
    },
    { files: filesOf(okta) },
  )
})
afterAll(async () => {
  await broker.stop()
  await issuer[Symbol.asyncDispose]()
  await okta.close()
})

let from = 0
async function send(client_assertion: string, client_id: string, client_assertion_type = jwtBearer): Promise<void> {
  const form = { grant_type: 'client_credentials', client_assertion_type, client_assertion, client_id }
  from += 1
  const headers = { 'x-forwarded-for': `203.0.113.${from}` }
  const response = await fetch(`${broker.url}/oauth2/token`, {
    method: 'POST',
    body: new URLSearchParams(form),
    headers,
  })
  expect(response.status).toBe(401)
}
const rejections = () => broker.lines().filter(({ msg }) => msg === 'client rejected')

describe('the log', () => {
  it('has the claim that did not match, once in ten seconds', async () => {
    broker.elapse(11_000)
    const before = rejections().length
    const given = { ...claims, repository_id: '99', ref: 'refs/heads/release-1' }
    for (let attempt = 0; attempt < 3; attempt++) await send(await issuer.sign({ aud: broker.url, ...given }), 'deploy')
    expect(rejections().slice(before)).toEqual([
      expect.objectContaining({
        ...{ client: 'deploy', issuer: issuer.url, claim: 'repository_id', expected: ['1234'], actual: '"99"' },
        requestId: expect.any(String),
      }),
    ])
    broker.elapse(11_000)
    await send(await issuer.sign({ aud: broker.url, ...given }), 'deploy')
    expect(rejections()).toHaveLength(before + 2)
    expect(rejections().at(-1)).toMatchObject({ suppressed: 2 })
  })

  it('has the value of a claim only after the signature was verified', async () => {
    broker.elapse(11_000)
    const before = rejections().length
    const { privateKey } = newKey()
    await send(
      await issuer.sign({ aud: 'misplaced-value', repository_id: 'misplaced-value' }, {}, privateKey),
      'deploy',
    )
    const [line, ...others] = rejections().slice(before)
    expect(others).toEqual([])
    expect(line).toMatchObject({ client: 'deploy', reason: 'the signature is not valid' })
    expect(JSON.stringify(line)).not.toContain('misplaced-value')
  })

  it('has the issuer of a token whose issuer is not in the configuration', async () => {
    broker.elapse(11_000)
    await send(await issuer.sign({ aud: broker.url, ...claims, iss: `${issuer.url}/` }), 'deploy')
    expect(rejections().at(-1)).toMatchObject({
      ...{ client: 'deploy', reason: 'no client has an identity of this issuer', claim: 'iss' },
      actual: JSON.stringify(`${issuer.url}/`),
    })
  })

  it('has the trust domain of an SVID that no client has, and malformed assertions', async () => {
    broker.elapse(11_000)
    await send('eyJ.not.jwt', 'deploy')
    expect(rejections().at(-1)).toMatchObject({ client: 'deploy', reason: expect.stringContaining('must be a JWT') })
    const token = await issuer.sign({ aud: broker.url, sub: 'spiffe://a.org/x', iss: undefined } as never)
    await send(token, 'deploy', 'urn:ietf:params:oauth:client-assertion-type:jwt-spiffe')
    expect(rejections().at(-1)).toMatchObject({
      ...{ client: 'deploy', reason: 'no client has an identity of this trust domain', claim: 'sub' },
      actual: '"spiffe://a.org/x"',
    })
  })

  it('has the reason for a client with a secret or a key', async () => {
    broker.elapse(11_000)
    for (const name of ['payroll', 'misplaced-secret']) {
      const headers = { authorization: basic(name, 'wrong'), 'x-forwarded-for': '203.0.113.250' }
      const body = new URLSearchParams({ grant_type: 'client_credentials' })
      expect((await fetch(`${broker.url}/oauth2/token`, { method: 'POST', body, headers })).status).toBe(401)
    }
    expect(rejections().slice(-2)).toMatchObject([
      { client: 'payroll', reason: 'Unknown client, or wrong secret.' },
      { reason: 'no client has this client_id' },
    ])
    expect(JSON.stringify(rejections())).not.toContain('misplaced-secret')
  })

  it('has no name of an unknown client, and no token', async () => {
    broker.elapse(11_000)
    const before = rejections().length
    const token = await issuer.sign({ aud: broker.url, ...claims, event_name: await issuer.sign({}) })
    await send(token, 'misplaced-secret')
    await send(token, 'deploy')
    const lines = rejections().slice(before)
    expect(lines).toHaveLength(2)
    expect(JSON.stringify(lines)).not.toMatch(/misplaced-secret|eyJ/)
    expect(decodeJwt(token).iss).toBe(issuer.url)
  })
})

it('describes the methods and algorithms in the metadata', async () => {
  const metadata = await (await fetch(`${broker.url}/.well-known/oauth-authorization-server`)).json()
  expect(metadata).toMatchObject({
    token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post', 'private_key_jwt'],
    token_endpoint_auth_signing_alg_values_supported: expect.arrayContaining(['RS256', 'ES256']),
  })
})
