import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { parseRecord } from './parse-record.js'
import {
  clientRecordKeyOf,
  isFresh,
  isShortLived,
  type LoginIdentity,
  recordKeyOf,
  type TokenRecord,
  tokenAt,
} from './token-record.js'

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
    ['from 5 min ahead of a clock that was put back', 3600, -300, 0, true],
    ['from further ahead', 3600, -301, 0, false],
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

describe('tokenAt', () => {
  it('is the login that belongs there, and nothing else', () => {
    const record = tokenOf(1)
    expect(tokenAt(recordKeyOf(login), record)).toBe(record)
    expect(tokenAt(recordKeyOf({ ...login, orgUrl: 'https://other.okta.com' }), record)).toBeUndefined()
    expect(tokenAt(recordKeyOf(login), { schema: 2, kind: 'current', recordKey: 'x' })).toBeUndefined()
    expect(tokenAt(recordKeyOf(login), undefined)).toBeUndefined()
  })
})

describe('isShortLived', () => {
  it.each([
    [60, 0, true],
    [61, 0, false],
    [300, 300, true],
    [301, 300, false],
  ])('a life of %i s, %i s wanted: %s', (lifetime, wanted, isShort) => {
    const record = { ...tokenOf(0), obtainedAt: 1_000_000, expiresAt: 1_000_000 + lifetime * 1000 }
    expect(isShortLived(record, wanted * 1000)).toBe(isShort)
  })
})

describe('clientRecordKeyOf', () => {
  it('is one for each app at each authorization server', () => {
    const keys = [
      login,
      { ...login, orgUrl: 'https://other.okta.com' },
      { ...login, clientId: '0oa2' },
      { ...login, authorizationServer: 'default' },
      { ...login, authorizationServer: 'other' },
    ].map(clientRecordKeyOf)
    expect(new Set(keys).size).toBe(5)
    expect(clientRecordKeyOf({ ...login, scopes: [] })).toBe(clientRecordKeyOf(login))
  })
})

const boundTo = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' })

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
    ['{"schema":2,"kind":"sealed"}', 'encrypted'],
    ['{"schema":1,"kind":"token"}', 'not a valid record'],
    ['{"schema":1,"kind":"current"}', 'not a valid record'],
    [JSON.stringify({ ...tokenOf(1), expiresAt: 'soon' }), 'not a valid record'],
    [JSON.stringify({ ...tokenOf(1), login: null }), 'not a valid record'],
    ['{"schema":1,"kind":"current","recordKey":"../../elsewhere"}', 'not a valid record'],
    [JSON.stringify({ ...tokenOf(1), tokenType: 'DPoP', dpopKey: { kty: 'EC' } }), 'not a valid record'],
  ])('refuses %s', (text, reason) => {
    expect(parseRecord(text)).toEqual({ unreadable: expect.stringContaining(reason) })
  })

  it.each<[string, object]>([
    ['an older token', { ...tokenOf(1), schema: 1 }],
    ['which token is the current one', { schema: 2, kind: 'current', recordKey: 'a'.repeat(64) }],
    ['what is known of an app', { schema: 2, kind: 'client', isRequired: true, nonce: 'n' }],
    ['an app without a nonce', { schema: 2, kind: 'client', isRequired: false }],
    ['a token that is bound to a key', { ...tokenOf(1), tokenType: 'DPoP', dpopKey: boundTo }],
    ['a token that takes a credential to renew', { ...tokenOf(1), needsCredential: true }],
    [
      "a person's token",
      { ...tokenOf(1), refreshToken: 'r', idToken: 'i', login: { ...login, identity: { type: 'user' } } },
    ],
  ])('reads %s', (_what, record) => {
    expect(parseRecord(JSON.stringify(record))).toEqual({ ...record, schema: 2 })
  })

  it('renames what the first schema called otherwise', () => {
    const old = { ...tokenOf(1), schema: 1 }
    expect(parseRecord(JSON.stringify({ ...old, needsClientKey: true }))).toEqual({
      ...tokenOf(1),
      needsCredential: true,
    })
    expect(parseRecord(JSON.stringify({ ...old, needsClientKey: false }))).toEqual(tokenOf(1))
  })

  const withLogin = (change: object) => ({ ...tokenOf(1), login: { ...login, ...change } })
  const current = { schema: 2, kind: 'current', recordKey: 'a'.repeat(64) }
  const client = { schema: 2, kind: 'client', isRequired: true }
  it.each<[string, object]>([
    ['no schema', { ...tokenOf(1), schema: undefined }],
    ['a schema that is no number', { ...tokenOf(1), schema: '2' }],
    ['a kind of its own', { ...tokenOf(1), kind: 'x' }],
    ['a number for a grant', { ...tokenOf(1), grant: 1 }],
    ['a number for a generation', { ...tokenOf(1), generation: 1 }],
    ['a number for a token', { ...tokenOf(1), accessToken: 1 }],
    ['another type of token', { ...tokenOf(1), tokenType: 'SSWS' }],
    ['a bound token without its key', { ...tokenOf(1), tokenType: 'DPoP' }],
    ['a number for a refresh token', { ...tokenOf(1), refreshToken: 1 }],
    ['a number for an ID token', { ...tokenOf(1), idToken: 1 }],
    ['scopes in one text', { ...tokenOf(1), grantedScopes: 'a b' }],
    ['a number among the scopes', { ...tokenOf(1), grantedScopes: ['a', 1] }],
    ['no time at which it came', { ...tokenOf(1), obtainedAt: null }],
    ['a login without an org', withLogin({ orgUrl: undefined })],
    ['a login without a client', withLogin({ clientId: 1 })],
    ['a login whose scopes are one text', withLogin({ scopes: 'a' })],
    ['a login of nobody', withLogin({ identity: null })],
    ['a login of another kind', withLogin({ identity: { type: 'x' } })],
    ['a current one without a key', { ...current, recordKey: 1 }],
    ['a current one with more than a key', { ...current, recordKey: `${'a'.repeat(100)}b` }],
    ['an app that may want proofs', { ...client, isRequired: 'yes' }],
    ['an app with a number for a nonce', { ...client, nonce: 1 }],
    ['an app of another kind', { ...client, kind: 'clients' }],
  ])('refuses %s', (_what, record) => {
    expect(parseRecord(JSON.stringify(record))).toEqual({ unreadable: 'it is not a valid record' })
  })
})
