import type { CurrentRecord, TokenRecord } from '../../src/stores/token-record.js'

/** A valid record key. */
export const recordKey = 'a'.repeat(64)

/** Returns a record that points at another record. */
export const currentRecord = (recordKey: string): CurrentRecord => ({ schema: 2, kind: 'current', recordKey })

/** Returns a token record with these changes. */
export const tokenRecord = (changes: Partial<TokenRecord> = {}): TokenRecord => ({
  schema: 2,
  kind: 'token',
  login: { orgUrl: 'https://example.okta.com', clientId: '0oa1', identity: { type: 'user' }, scopes: ['s'] },
  grant: 'client_credentials',
  generation: 'g',
  accessToken: 'a-token',
  tokenType: 'Bearer',
  grantedScopes: ['s'],
  obtainedAt: 1,
  expiresAt: 2,
  ...changes,
})
