import { once } from 'node:events'
import { expect, it } from 'vitest'
import { TestUser } from '../../test/support/sign-in-org.test.support.js'
import { useTwoAccounts } from '../../test/support/two-accounts.test.support.js'
import { connect, type OktaSession, resume } from '../index.js'
import type { TokenRecord } from '../stores/token-record.js'

const { org, signInAs } = useTwoAccounts()

const later = () => ({ ...org.deps, now: () => Date.now() + 60_000 })

async function revokeSignInOf(session: OktaSession): Promise<void> {
  const [apiToken] = org.okta.apiTokens
  const url = new URL(`/api/v1/users/${session.account?.sub}/sessions?oauthTokens=true`, org.okta.orgUrl)
  const revoked = await fetch(url, { method: 'DELETE', headers: { authorization: `SSWS ${apiToken?.value}` } })
  expect(revoked.status).toBe(204)
}

it('signs in again when an administrator has revoked the sign-in', async () => {
  await revokeSignInOf(await signInAs(0))
  const session = await resume({}, later())
  await expect(session.fetch('/api/v1/users/me')).rejects.toMatchObject({ code: 'login_required' })

  const { openBrowser } = new TestUser(org.okta)
  let signIns = 0
  const again = await connect(org.app(), {
    ...later(),
    openBrowser: async url => {
      signIns++
      await openBrowser(url)
    },
  })
  expect(signIns).toBe(1)
  expect((await again.fetch('/api/v1/users/me')).status).toBe(200)
})

it('reports a revoked sign-in without a refresh token while another session waits for its user', async () => {
  await revokeSignInOf(await signInAs(0))
  const { store } = org.deps
  const infos = []
  for await (const one of store.list()) infos.push(one)
  const recordKey = infos[0]?.recordKey ?? ''
  await store.exclusive(recordKey, async slot => {
    const { refreshToken: _removed, ...record } = (await slot.read()) as TokenRecord
    await slot.write(record)
  })
  const session = await resume({}, later())
  const end = new AbortController()
  const waiting = store.exclusive(recordKey, () => once(end.signal, 'abort'))
  await expect(session.fetch('/api/v1/users/me')).rejects.toMatchObject({ code: 'login_required' })
  end.abort()
  await waiting
})
