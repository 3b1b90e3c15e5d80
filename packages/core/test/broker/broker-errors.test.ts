import type { ServerResponse } from 'node:http'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { connect, type OktaConnectError } from '../../src/index.js'
import { createMemoryStore } from '../../src/stores/memory-store.js'
import { type FakeBroker, identityToken, secret, startFakeBroker } from '../support/fake-broker.test.support.js'

let broker: FakeBroker

beforeAll(async () => {
  broker = await startFakeBroker({})
})
afterAll(() => broker.stop())
beforeEach(() => {
  broker.intercept = undefined
})

const payroll = () => ({ broker: broker.url, clientId: 'payroll', clientSecret: secret })

async function errorOf(options: Parameters<typeof connect>[0]): Promise<OktaConnectError> {
  return await connect(options, { store: createMemoryStore() }).then(
    () => expect.unreachable('connected'),
    error => error,
  )
}

function answerWith(status: number, body: unknown, headers = {}) {
  broker.intercept = (_request, response: ServerResponse) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))
    return true
  }
}

describe('the address of a broker', () => {
  it.each([
    ['http://broker.example.com', 'does not use HTTPS', 'https://broker.example.com'],
    ['https://broker.example.com/oauth2/token', 'has a path or a query', 'https://broker.example.com'],
    ['https://broker.example.com/?a=b', 'has a path or a query', 'https://broker.example.com'],
    ['https://ada:password@broker.example.com', 'contains a username or password', 'https://broker.example.com'],
    ['ftp://broker.example.com', 'is not a URL', 'https://broker.example.com'],
    ['', 'is missing', 'https://broker.example.com'],
    ['$(BROKER)', 'unresolved placeholder', 'actual value'],
  ])('is rejected when it is %j', async (address, message, hint) => {
    const error = await errorOf({ ...payroll(), broker: address })
    expect(error).toMatchObject({
      code: 'options_invalid',
      message: expect.stringContaining(message),
      hint: expect.stringContaining(hint),
    })
    expect(error.message).not.toContain('password@')
  })

  it('is not shown when it is a token', async () => {
    const token = await identityToken('https://broker.example.com')
    for (const address of [token, `https://${token}`]) {
      const error = await errorOf({ ...payroll(), broker: address })
      expect(error).toMatchObject({ code: 'options_invalid' })
      expect(error.message.toLowerCase()).not.toContain(token.slice(0, 10).toLowerCase())
    }
  })

  it('can be without a scheme', async () => {
    const error = await errorOf({ ...payroll(), broker: 'broker.invalid' })
    expect(error).toMatchObject({ code: 'network_failed', hint: expect.stringContaining('address of the broker') })
  })

  it.each([
    ['authorizationServer', 'default'],
    ['loginHint', 'ada'],
    ['apiToken', 'token'],
  ])('excludes the option %s', async (name, value) => {
    const error = await errorOf({ ...payroll(), [name]: value } as never)
    expect(error).toMatchObject({ code: 'options_invalid', message: expect.stringContaining(name) })
  })
})

describe('an error of a broker', () => {
  it.each([
    [401, 'invalid_client', 'client_rejected', /secret in the configuration of the broker.*log of the broker/],
    [400, 'invalid_target', 'oauth_failed', /Specify one of the connections/],
    [400, 'invalid_scope', 'scope_rejected', /configuration of the broker/],
    [400, 'invalid_grant', 'login_required', /sign in at the broker/],
    [403, 'unauthorized_client', 'grant_rejected', /configuration of the broker/],
    [502, 'server_error', 'server_failed', /log of the broker/],
  ] as const)('with the status %i and %s is %s, with advice', async (status, error, code, hint) => {
    answerWith(status, { error, error_description: 'Because.' }, { 'retry-after': '60' })
    const caught = await errorOf(payroll())
    expect(caught).toMatchObject({
      code,
      message: `The broker ${new URL(broker.url).host} rejected the request: ${error}: Because.`,
      hint: expect.stringMatching(hint),
    })
    expect(`${caught.message} ${caught.hint}`).not.toContain('Okta')
  })

  it('is explained for an identity token', async () => {
    const token = await identityToken(broker.url, { sub: 'other' })
    const error = await errorOf({ broker: broker.url, clientId: 'deploy', identityToken: token })
    expect(error).toMatchObject({
      code: 'client_rejected',
      hint: expect.stringContaining('rules of the client "deploy"'),
    })
    expect(JSON.stringify(error)).not.toContain(token)
  })

  it('is rate_limited or server_failed when the broker is busy', async () => {
    answerWith(429, { error: 'temporarily_unavailable' }, { 'retry-after': '50' })
    expect(await errorOf(payroll())).toMatchObject({ code: 'rate_limited', hint: 'Try again in 50 s.' })
    answerWith(503, { error: 'temporarily_unavailable' }, { 'retry-after': '60' })
    expect(await errorOf(payroll())).toMatchObject({
      code: 'server_failed',
      message: expect.stringContaining('The broker'),
    })
  })

  it('is explained when another server responds', async () => {
    answerWith(404, 'not found')
    expect(await errorOf(payroll())).toMatchObject({
      code: 'token_response_invalid',
      hint: expect.stringContaining('address of the broker'),
    })
    answerWith(200, { access_token: 'a', token_type: 'Bearer', expires_in: 60 })
    expect(await errorOf(payroll())).toMatchObject({
      code: 'token_response_invalid',
      message: expect.stringContaining('org_url'),
    })
  })

  it.each(['http://evil.example', 'https://evil.example/path', 'nonsense'])(
    'is thrown when the broker names the org %s',
    async org_url => {
      answerWith(200, { access_token: 'a', token_type: 'Bearer', expires_in: 3600, org_url })
      expect(await errorOf(payroll())).toMatchObject({ code: 'token_response_invalid' })
    },
  )

  it('does not contain a secret that the broker repeats', async () => {
    answerWith(401, { error: 'invalid_client', error_description: `no ${secret}` })
    expect(JSON.stringify(await errorOf(payroll()))).not.toContain(secret)
  })
})
