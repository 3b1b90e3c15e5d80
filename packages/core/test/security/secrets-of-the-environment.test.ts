import { beforeEach, describe, expect, it } from 'vitest'
import { everythingOf, type Home, newHome } from '../../src/config/profiles/home.test.support.js'
import { readSettings } from '../../src/config/profiles/profiles.js'
import { resume } from '../../src/index.js'
import { createMemoryStore } from '../../src/stores/memory-store.js'
import type { TokenRecord } from '../../src/stores/token-record.js'
import { recordKeyOf } from '../../src/stores/token-record.js'

const apiToken = `00${'Qx7-'.repeat(10)}`
const app = { CONNECT_OKTA_TENANT: 'a.okta.com', CONNECT_OKTA_CLIENT_ID: '0oa1' }

let home: Home
beforeEach(async () => {
  home = await newHome()
})

describe('a secret of the environment', () => {
  it('is not sent to an authorization server that only a file names', async () => {
    await home.write(
      'config/profiles.yaml',
      'default: p\nprofiles:\n  p: { authorizationServer: "https://evil.example/as", scopes: [a] }\n',
    )
    const settings = readSettings({}, {}, home.at({ ...app, CONNECT_OKTA_CLIENT_SECRET: 'correct-horse' }))
    await expect(settings).rejects.toMatchObject({
      code: 'options_invalid',
      message: expect.stringContaining('CLIENT_SECRET'),
    })
  })

  it('is not taken from a file in place of an app that was asked for', async () => {
    await home.write(
      'config/profiles.yaml',
      'default: p\nprofiles:\n  p: { tenant: a.okta.com, apiToken: { file: /nowhere/token } }\n',
    )
    for (const asked of [{ clientId: '0oa1' }, { scopes: ['okta.users.read'] }, { grant: 'device_code' as const }]) {
      const { values } = await readSettings({ tenant: 'a.okta.com', ...asked }, {}, home.at({}))
      expect(values).not.toHaveProperty('apiToken')
    }
  })

  it('is sent by resume only to the client that is given with it', async () => {
    const store = createMemoryStore()
    await store.exclusive(recordKeyOf(stored.login), slot => slot.write(stored))
    await store.exclusive('current', slot =>
      slot.write({ schema: 2, kind: 'current', recordKey: recordKeyOf(stored.login) }),
    )
    const sent: string[] = []
    const spy: typeof fetch = async (_url, init) => {
      sent.push(String(init?.body))
      return Response.json({ error: 'invalid_client' }, { status: 401 })
    }
    const session = await resume({ clientSecret: 'correct-horse' }, { store, fetch: spy })
    await session.token({ forceRefresh: true }).catch(() => {})
    await session.disconnect()
    expect(sent.join()).not.toContain('correct-horse')
    const { orgUrl: tenant, clientId } = stored.login
    await store.exclusive(recordKeyOf(stored.login), slot => slot.write(stored))
    const meant = await resume(
      { tenant, clientId, authorizationServer: 'default', clientSecret: 'correct-horse' },
      { store, fetch: spy },
    )
    await meant.token({ forceRefresh: true }).catch(() => {})
    expect(sent.join()).toContain('correct-horse')
  })

  const stored: TokenRecord = {
    schema: 2,
    kind: 'token',
    login: {
      orgUrl: 'https://b.okta.com',
      authorizationServer: 'default',
      clientId: '0oa1',
      identity: { type: 'app' },
      scopes: ['orders.read'],
    },
    grant: 'client_credentials',
    generation: 'one',
    accessToken: 'a-token',
    tokenType: 'Bearer',
    needsCredential: true,
    grantedScopes: ['orders.read'],
    obtainedAt: Date.now(),
    expiresAt: Date.now() + 3600_000,
  }

  it.each([
    ['CONNECT_OKTA_API_TOKEN', apiToken],
    ['OKTA_CLIENT_TOKEN', apiToken],
    ['CONNECT_OKTA_CLIENT_SECRET', 'correct-horse'],
  ])('is not sent to an org that only a file names: %s', async (variable, secret) => {
    await home.write('config/profiles.yaml', 'default: p\nprofiles:\n  p: { tenant: evil.example }\n')
    const settings = readSettings({}, {}, home.at({ [variable]: secret }))
    await expect(settings).rejects.toMatchObject({
      code: 'options_invalid',
      message: expect.stringContaining(variable),
    })
    await settings.catch(error => expect(everythingOf(error)).not.toContain(secret))
    // The user named the profile, or the org: then it is meant.
    expect((await readSettings({}, { profile: 'p' }, home.at({ [variable]: secret }))).values.tenant).toBe(
      'evil.example',
    )
    expect((await readSettings({ tenant: 'a.okta.com' }, {}, home.at({ [variable]: secret }))).values.tenant).toBe(
      'a.okta.com',
    )
  })
})
