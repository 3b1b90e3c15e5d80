import { describe, expect, it } from 'vitest'
import { isFresh, type LoginIdentity, parseRecord, recordKeyOf, type TokenRecord } from './token-record.js'

const login: LoginIdentity = {
  orgUrl: 'https://example.okta.com',
  clientId: '0oa1',
  identity: { type: 'app', keyThumbprint: 'thumb' },
  scopes: ['okta.groups.read', 'okta.users.read'],
}

function tokenOf(lifetimeMs: number): TokenRecord {
  return {
    schema: 2,
    kind: 'token',
    login,
    grant: 'client_credentials',
    generation: 'g',
    accessToken: 'a',
    tokenType: 'Bearer',
    grantedScopes: [],
    obtainedAt: 0,
    expiresAt: lifetimeMs,
  }
}

describe('isFresh', () => {
  it.each([
    ['an hour long, 61 s left', 3600, 3539, 0, true],
    ['an hour long, 60 s left', 3600, 3540, 0, false],
    ['5 min wanted, 301 s left', 3600, 3299, 300, true],
    ['5 min wanted, 300 s left', 3600, 3300, 300, false],
    ['less than the 60 s of every token wanted', 3600, 3541, 1, false],
    ['a whole life of 40 s, 21 s left', 40, 19, 0, true],
    ['a whole life of 40 s, 20 s left', 40, 20, 0, false],
    ['two hours wanted of a token that lives one', 3600, 3500, 7200, true],
    ['two hours wanted, 60 s left', 3600, 3540, 7200, false],
    ['expired', 3600, 3601, 0, false],
  ])('%s', (_what, lifetime, now, wanted, fresh) => {
    expect(isFresh(tokenOf(lifetime * 1000), now * 1000, wanted * 1000)).toBe(fresh)
  })
})

describe('recordKeyOf', () => {
  it('does not depend on the order of the scopes', () => {
    expect(recordKeyOf({ ...login, scopes: [...login.scopes].reverse() })).toBe(recordKeyOf(login))
  })

  it.each<[string, Partial<LoginIdentity>]>([
    ['another org', { orgUrl: 'https://other.okta.com' }],
    ['another authorization server', { authorizationServer: 'default' }],
    ['another client', { clientId: '0oa2' }],
    ['another key', { identity: { type: 'app', keyThumbprint: 'other' } }],
    ['a user', { identity: { type: 'user' } }],
    ['a user who is named as the key is', { identity: { type: 'user', loginHint: 'thumb' } }],
    ['other scopes', { scopes: ['okta.users.read'] }],
    ['scopes that only look the same when joined', { scopes: ['okta.groups.read okta.users.read'] }],
  ])('differs for %s', (_what, change) => {
    expect(recordKeyOf({ ...login, ...change })).not.toBe(recordKeyOf(login))
  })
})

describe('parseRecord', () => {
  it('reads back what was written', () => {
    expect(parseRecord(JSON.stringify(tokenOf(1)))).toEqual(tokenOf(1))
  })

  it.each([
    ['', 'not complete JSON'],
    ['{"schema":1,"kind":"tok', 'not complete JSON'],
    ['null', 'not a JSON object'],
    ['[]', 'not a JSON object'],
    ['{"schema":3,"kind":"token"}', 'newer version'],
    ['{"schema":2,"kind":"sealed"}', 'sealed'],
    ['{"schema":1,"kind":"token"}', 'not the form'],
    ['{"schema":1,"kind":"current"}', 'not the form'],
    [JSON.stringify({ ...tokenOf(1), expiresAt: 'soon' }), 'not the form'],
    [JSON.stringify({ ...tokenOf(1), login: null }), 'not the form'],
    ['{"schema":1,"kind":"current","recordKey":"../elsewhere"}', 'not the form'],
    [JSON.stringify({ ...tokenOf(1), tokenType: 'DPoP', dpopKey: { kty: 'EC' } }), 'not the form'],
  ])('refuses %s', (text, reason) => {
    expect(parseRecord(text)).toEqual({ unreadable: expect.stringContaining(reason) })
  })
})
