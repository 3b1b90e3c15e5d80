import type { Login } from '@connect-okta/core/stores'
import { describe, expect, it } from 'vitest'
import { renderLogin } from './render-login.js'

const now = Date.UTC(2026, 0, 1)
const login: Login = {
  orgUrl: 'https://example.okta.com',
  clientId: '0oa1',
  identity: { type: 'user' },
  scopes: ['okta.users.read'],
  recordKey: 'key',
  grant: 'authorization_code',
  tokenType: 'Bearer',
  account: undefined,
  needsCredential: false,
  isRenewable: true,
  grantedScopes: ['okta.users.read'],
  obtainedAt: new Date(now - 3_600_000),
  expiresAt: new Date(now - 1_000),
  isCurrent: true,
}

describe('renderLogin', () => {
  it.each<[string, Partial<Login>]>([
    ['expires in 5 min', { expiresAt: new Date(now + 300_000) }],
    ['expired, renewed when it is used', {}],
    ['expired, sign in again', { isRenewable: false }],
    ['expired, renewed with the key or secret', { needsCredential: true }],
  ])('ends with: %s', (until, more) => {
    expect(renderLogin({ ...login, ...more }, now, 200).endsWith(`  ${until}`)).toBe(true)
  })
})
