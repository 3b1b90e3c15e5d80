import { type OktaEmulator, startOktaEmulator } from '@connect-okta/emulator'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { findProblems } from '../support/doctor-findings.test.support.js'
import { emptyHome, jsonFile } from '../support/run.test.support.js'

let okta: OktaEmulator
let home: string
let service: string[]

beforeAll(async () => {
  okta = await startOktaEmulator({ clients: [{ kind: 'service' }] })
})
afterAll(() => okta.close())
beforeEach(async () => {
  okta.reset()
  home = await emptyHome()
  const { clientId, jwk } = okta.client('service')
  const org = ['--tenant', okta.orgUrl.origin, '--scopes', 'okta.users.read']
  service = [...org, '--client-id', clientId, '--jwk-file', await jsonFile(home, 'key.json', jwk)]
})

const problemsOf = (args: readonly string[]) => findProblems(args, { HOME: home })

// The endpoint that is checked first, and the token endpoint.
const org = '/.well-known/okta-organization'
const token = '/oauth2/v1/token'

describe('doctor, with a fault of the org,', () => {
  it.each<[string, object, string, RegExp, number]>([
    ['a failing status', { endpoint: org, status: 503 }, 'org', /failed with HTTP 503/, 5],
    [
      'a rate limit',
      { endpoint: org, status: 429, retryAfterSeconds: 1 },
      'org',
      /rate limit .* is reached \(HTTP 429\)/,
      5,
    ],
    ['a sign-in page of the network', { endpoint: org, html: true }, 'org', /is not from an Okta org/, 5],
    ['another body', { endpoint: org, body: '{"a":1}' }, 'org', /is not from an Okta org/, 5],
    ['an endless response', { endpoint: org, huge: true }, 'org', /exceeds 1 MiB/, 5],
    ['half a response', { endpoint: org, truncate: true }, 'org', /cannot be reached|ended/i, 5],
    ['a dropped connection', { endpoint: org, drop: true }, 'org', /cannot be reached/, 5],
    ['a lost response', { endpoint: org, drop: true, afterwards: true }, 'org', /cannot be reached/, 5],
    [
      'missing metadata of the authorization server',
      { endpoint: '/.well-known/openid-configuration', status: 404 },
      'authorization server',
      /HTTP 404/,
      4,
    ],
    [
      'the metadata of another issuer',
      { endpoint: '/.well-known/openid-configuration', body: '{"issuer":"https://x.example"}' },
      'authorization server',
      /contains a different issuer/,
      4,
    ],
    ['an error page of the token endpoint', { endpoint: token, html: true }, 'app', /./, 4],
    ['an endless token response', { endpoint: token, huge: true }, 'app', /1 MiB/, 4],
    [
      'a token endpoint that rejects the client',
      { endpoint: token, status: 401, body: '{"error":"invalid_client"}' },
      'app',
      /invalid_client|does not/,
      4,
    ],
  ])('finds only %s', async (_what, fault, check, message, code) => {
    using _ = okta.fault(fault as Parameters<OktaEmulator['fault']>[0])
    const found = await problemsOf(service)
    expect(found.names.map(name => name.replace('_', ' '))).toEqual([check])
    expect(found.findings[0]).toMatchObject({
      outcome: 'failure',
      message: expect.stringMatching(message),
      fix: expect.any(String),
    })
    expect(found.code).toBe(code)
  })

  it('finds a late response', async () => {
    using _ = okta.fault({ endpoint: org, delayMs: 12_000 })
    expect(await problemsOf(service)).toMatchObject({
      code: 5,
      findings: [{ check: 'org', message: expect.stringContaining('within 10 s') }],
    })
  })

  it('finds an org that cannot be reached', async () => {
    const { remove } = await okta.unreachable({ forMs: 60_000 })
    try {
      expect(await problemsOf(service)).toMatchObject({ code: 5, names: ['org'] })
    } finally {
      await remove()
    }
  })

  it('warns and exits with 0 when the clock is wrong', async () => {
    okta.setClock({ offsetMs: 3_600_000 })
    const { code, names, findings } = await problemsOf(service)
    expect({ code, names }).toEqual({ code: 0, names: ['clock'] })
    expect(findings[0]?.message).toMatch(/3[56]\d\d s behind/)
  })

  it.each<[string, object, RegExp]>([
    ['an app that is inactive', { active: false }, /Client ID|client/i],
    ['an app that lacks a scope', { scopes: ['okta.groups.read'] }, /Okta API Scopes/],
  ])('finds only %s', async (_what, changes, fix) => {
    okta.update(okta.client('service').clientId, changes)
    const found = await problemsOf(service)
    expect(found).toMatchObject({ code: 4, names: ['app'], findings: [{ fix: expect.stringMatching(fix) }] })
  })

  it('accepts an app that requires DPoP', async () => {
    okta.update(okta.client('service').clientId, { dpop: true })
    expect(await problemsOf(service)).toMatchObject({ code: 0, names: [] })
    expect(await problemsOf([...service, '--dpop', 'never'])).toMatchObject({ code: 4, names: ['app'] })
  })
})
