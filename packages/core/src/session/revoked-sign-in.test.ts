import { expect, it } from 'vitest'
import { TestUser } from '../../test/support/sign-in-org.test.support.js'
import { useTwoAccounts } from '../../test/support/two-accounts.test.support.js'
import { connect, resume } from '../index.js'

const { org, signInAs } = useTwoAccounts()

it('signs in again when an administrator has revoked the sign-in', async () => {
  const { account } = await signInAs(0)
  const [apiToken] = org.okta.apiTokens
  const url = new URL(`/api/v1/users/${account?.sub}/sessions?oauthTokens=true`, org.okta.orgUrl)
  const revoked = await fetch(url, { method: 'DELETE', headers: { authorization: `SSWS ${apiToken?.value}` } })
  expect(revoked.status).toBe(204)

  const later = { ...org.deps, now: () => Date.now() + 60_000 }
  const session = await resume({}, later)
  await expect(session.fetch('/api/v1/users/me')).rejects.toMatchObject({ code: 'login_required' })

  const { openBrowser } = new TestUser(org.okta)
  let signIns = 0
  const again = await connect(org.app(), {
    ...later,
    openBrowser: async url => {
      signIns++
      await openBrowser(url)
    },
  })
  expect(signIns).toBe(1)
  expect((await again.fetch('/api/v1/users/me')).status).toBe(200)
})
