import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { currentRecord, recordKey, tokenRecord } from '../../test/support/records.test.support.js'
import { parseRecord } from './parse-record.js'
import { clientRecordKeyOf, isFresh, isShortLived, type LoginIdentity, recordKeyOf, tokenAt } from './token-record.js'

const login: LoginIdentity = {
  orgUrl: 'https://example.okta.com',
  clientId: '0oa1',
  identity: { type: 'app', keyThumbprint: 'thumb' },
  scopes: ['okta.groups.read', 'okta.users.read'],
}

const tokenOf = (lifetimeMs: number) => tokenRecord({ login, obtainedAt: 0, expiresAt: lifetimeMs })

describe('isFresh', () => {
  it.each([
    ['a lifetime of an hour with 61 s left', 3600, 3539, 0, true],
    ['a lifetime of an hour with 60 s left', 3600, 3540, 0, false],
    ['a minimum of 5 min with 301 s left', 3600, 3299, 300, true],
    ['a minimum of 5 min with 300 s left', 3600, 3300, 300, false],
    ['a minimum below the default of 60 s with 59 s left', 3600, 3541, 1, false],
    ['a lifetime of 40 s with 21 s left', 40, 19, 0, true],
    ['a lifetime of 40 s with 20 s left', 40, 20, 0, false],
    ['a minimum above the lifetime with 100 s left', 3600, 3500, 7200, true],
    ['a minimum above the lifetime with 60 s left', 3600, 3540, 7200, false],
    ['an expired token', 3600, 3601, 0, false],
    ['an issue time 5 min in the future', 3600, -300, 0, true],
    ['an issue time further in the future', 3600, -301, 0, false],
  ])('evaluates %s', (_what, lifetime, now, minimum, fresh) => {
    expect(isFresh(tokenOf(lifetime * 1000), now * 1000, minimum * 1000)).toBe(fresh)
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
    ['a user whose login hint equals the key thumbprint', { identity: { type: 'user', loginHint: 'thumb' } }],
    ['other scopes', { scopes: ['okta.users.read'] }],
    ['one scope that equals the joined scopes', { scopes: ['okta.groups.read okta.users.read'] }],
  ])('differs for %s', (_what, change) => {
    expect(recordKeyOf({ ...login, ...change })).not.toBe(recordKeyOf(login))
  })
})

describe('tokenAt', () => {
  it('returns a record only when its sign-in matches the key', () => {
    const record = tokenOf(1)
    expect(tokenAt(recordKeyOf(login), record)).toBe(record)
    expect(tokenAt(recordKeyOf({ ...login, orgUrl: 'https://other.okta.com' }), record)).toBeUndefined()
    expect(tokenAt(recordKeyOf(login), currentRecord('x'))).toBeUndefined()
    expect(tokenAt(recordKeyOf(login), undefined)).toBeUndefined()
  })
})

describe('isShortLived', () => {
  it.each([
    [60, 0, true],
    [61, 0, false],
    [300, 300, true],
    [301, 300, false],
  ])('evaluates a lifetime of %i s with a minimum of %i s as %s', (lifetime, minimum, isShort) => {
    const record = { ...tokenOf(0), obtainedAt: 1_000_000, expiresAt: 1_000_000 + lifetime * 1000 }
    expect(isShortLived(record, minimum * 1000)).toBe(isShort)
  })
})

describe('clientRecordKeyOf', () => {
  it('differs for each app and each authorization server', () => {
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
  it('parses a serialized record', () => {
    expect(parseRecord(JSON.stringify(tokenOf(1)))).toEqual(tokenOf(1))
  })

  it.each([
    ['', 'incomplete JSON'],
    ['{"schema":1,"kind":"tok', 'incomplete JSON'],
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
  ])('rejects %s', (text, reason) => {
    expect(parseRecord(text)).toEqual({ unreadable: expect.stringContaining(reason) })
  })

  it.each<[string, object]>([
    ['an older token', { ...tokenOf(1), schema: 1 }],
    ['the current sign-in', currentRecord(recordKey)],
    ['a client', { schema: 2, kind: 'client', isRequired: true, nonce: 'n' }],
    ['a client without a nonce', { schema: 2, kind: 'client', isRequired: false }],
    ['a token that is bound to a key', { ...tokenOf(1), tokenType: 'DPoP', dpopKey: boundTo }],
    ['a token that requires a credential to renew', { ...tokenOf(1), needsCredential: true }],
    [
      "a user's token",
      { ...tokenOf(1), refreshToken: 'r', idToken: 'i', login: { ...login, identity: { type: 'user' } } },
    ],
  ])('parses %s', (_what, record) => {
    expect(parseRecord(JSON.stringify(record))).toEqual({ ...record, schema: 2 })
  })

  it('renames needsClientKey of the first schema', () => {
    const old = { ...tokenOf(1), schema: 1 }
    expect(parseRecord(JSON.stringify({ ...old, needsClientKey: true }))).toEqual({
      ...tokenOf(1),
      needsCredential: true,
    })
    expect(parseRecord(JSON.stringify({ ...old, needsClientKey: false }))).toEqual(tokenOf(1))
  })

  const withLogin = (change: object) => ({ ...tokenOf(1), login: { ...login, ...change } })
  const current = currentRecord(recordKey)
  const client = { schema: 2, kind: 'client', isRequired: true }
  it.each<[string, object]>([
    ['no schema', { ...tokenOf(1), schema: undefined }],
    ['a schema that is not a number', { ...tokenOf(1), schema: '2' }],
    ['an unknown kind', { ...tokenOf(1), kind: 'x' }],
    ['a number as the grant', { ...tokenOf(1), grant: 1 }],
    ['a number as the generation', { ...tokenOf(1), generation: 1 }],
    ['a number as the access token', { ...tokenOf(1), accessToken: 1 }],
    ['an unknown token type', { ...tokenOf(1), tokenType: 'SSWS' }],
    ['a DPoP token without its key', { ...tokenOf(1), tokenType: 'DPoP' }],
    ['a number as the refresh token', { ...tokenOf(1), refreshToken: 1 }],
    ['a number as the ID token', { ...tokenOf(1), idToken: 1 }],
    ['a string as the scopes', { ...tokenOf(1), grantedScopes: 'a b' }],
    ['a number among the scopes', { ...tokenOf(1), grantedScopes: ['a', 1] }],
    ['null as the issue time', { ...tokenOf(1), obtainedAt: null }],
    ['a login without an org', withLogin({ orgUrl: undefined })],
    ['a login without a client', withLogin({ clientId: 1 })],
    ['a login with a string as its scopes', withLogin({ scopes: 'a' })],
    ['a login without an identity', withLogin({ identity: null })],
    ['a login with an unknown identity type', withLogin({ identity: { type: 'x' } })],
    ['a current record with a number as its key', { ...current, recordKey: 1 }],
    ['a current record with an invalid key', { ...current, recordKey: `${'a'.repeat(100)}b` }],
    ['a client with a string as isRequired', { ...client, isRequired: 'yes' }],
    ['a client with a number as its nonce', { ...client, nonce: 1 }],
    ['a client with an unknown kind', { ...client, kind: 'clients' }],
  ])('rejects %s', (_what, record) => {
    expect(parseRecord(JSON.stringify(record))).toEqual({ unreadable: 'it is not a valid record' })
  })
})
