import type { OktaSession } from '@connect-okta/core'
import type { Login } from '@connect-okta/core/stores'
import { describe, expect, it } from 'vitest'
import { contextOfSession } from '../../src/sessions/contexts.js'

const orgUrl = new URL('https://example.okta.com')
const app = { clientId: '0oa1a2b3c4d5e6f7g8h9', authorizationServer: undefined, scopes: ['okta.users.read'] }

function savedBy(sub: string | undefined): Login {
  const account =
    sub === undefined ? undefined : { sub, login: `${sub}@example.com`, email: undefined, name: undefined }
  const grant = sub === undefined ? 'client_credentials' : 'authorization_code'
  const times = { obtainedAt: new Date(0), expiresAt: new Date(3_600_000) }
  const details = {
    ...app,
    ...times,
    orgUrl: orgUrl.origin,
    grant,
    account,
    grantedScopes: app.scopes,
    isCurrent: false,
  }
  return { ...details, recordKey: `${sub}`, tokenType: 'Bearer', identity: { type: 'user' } } as unknown as Login
}

describe('contextOfSession', () => {
  const session = { ...app, orgUrl, grant: 'authorization_code' } as unknown as OktaSession
  const logins = [savedBy(undefined), savedBy('ada'), savedBy('grace')]

  it('returns the saved sign-in of the account when an app has several', async () => {
    expect(await contextOfSession(session, logins, 'grace')).toMatchObject({ account: 'grace@example.com' })
    expect(await contextOfSession(session, logins, 'ada')).toMatchObject({ account: 'ada@example.com' })
  })

  it('returns null when only another account is signed in', async () => {
    expect(await contextOfSession(session, logins.slice(0, 2), 'grace')).toBeNull()
  })
})
