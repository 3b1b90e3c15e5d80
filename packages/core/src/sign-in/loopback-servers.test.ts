import { once } from 'node:events'
import { createConnection } from 'node:net'
import { networkInterfaces } from 'node:os'
import { describe, expect, it } from 'vitest'
import { browserStub, TestUser, useSignInOrg } from '../../test/support/sign-in-org.test.support.js'
import { connect } from '../index.js'

const org = useSignInOrg()

// microsoft-authentication-library-for-js#5466
it('listens only on loopback addresses', async () => {
  const externalAddress = Object.values(networkInterfaces())
    .flat()
    .find(address => address?.internal === false && address.family === 'IPv4')?.address
  let connectionError: unknown
  const openBrowser = browserStub(async url => {
    const socket = createConnection(Number(new URL(org.redirectUri).port), externalAddress ?? '127.0.0.2')
    connectionError = await once(socket, 'connect').catch(error => error)
    await new TestUser(org.okta).openBrowser(url)
  })
  await connect(org.app(), { ...org.deps, openBrowser })
  expect(connectionError).toMatchObject({ code: 'ECONNREFUSED' })
})

describe('a sign-in without a valid callback', () => {
  it('ends with login_timeout when timeoutMs has passed', async () => {
    const attempt = connect(org.app(0, { timeoutMs: 100 }), { ...org.deps, openBrowser: async () => {} })
    await expect(attempt).rejects.toMatchObject({ code: 'login_timeout' })
  })

  it('ends with state_mismatch when only a callback of an earlier sign-in arrived', async () => {
    const openBrowser = browserStub(() => fetch(new URL('?code=x&state=of-an-earlier-sign-in', org.redirectUri)))
    const attempt = connect(org.app(0, { timeoutMs: 2000 }), { ...org.deps, openBrowser })
    await expect(attempt).rejects.toMatchObject({ code: 'state_mismatch', hint: expect.stringContaining('tabs') })
  })

  it('ends with cancelled when the signal aborts', async () => {
    const controller = new AbortController()
    const openBrowser = browserStub(() => controller.abort())
    const attempt = connect({ ...org.app(), signal: controller.signal }, { ...org.deps, openBrowser })
    await expect(attempt).rejects.toMatchObject({ code: 'cancelled' })
  })
})
