import { describe, expect, it } from 'vitest'
import { readSettings } from '../../src/config/profiles/read-settings.js'
import { resume } from '../../src/index.js'
import { createMemoryStore } from '../../src/stores/memory-store.js'
import { recordKeyOf } from '../../src/stores/token-record.js'
import { currentRecord, tokenRecord } from '../support/records.test.support.js'
import { allTextOf, apiToken, appVariables, useTestHome } from '../support/test-home.test.support.js'

const home = useTestHome()

describe('a secret in an environment variable', () => {
  it('is not sent to an authorization server that only a profile names', async () => {
    await home.write(
      'config/profiles.yaml',
      'default: p\nprofiles:\n  p: { authorizationServer: "https://evil.example/as", scopes: [a] }\n',
    )
    const settings = readSettings(
      {},
      {},
      home.environment({ ...appVariables, CONNECT_OKTA_CLIENT_SECRET: 'correct-horse' }),
    )
    await expect(settings).rejects.toMatchObject({
      code: 'options_invalid',
      message: expect.stringContaining('CLIENT_SECRET'),
    })
  })

  it('is not replaced with an API token of a profile when an app is requested', async () => {
    await home.write(
      'config/profiles.yaml',
      'default: p\nprofiles:\n  p: { tenant: a.okta.com, apiToken: { file: /nowhere/token } }\n',
    )
    for (const request of [{ clientId: '0oa1' }, { scopes: ['okta.users.read'] }, { grant: 'device_code' as const }]) {
      const { values } = await readSettings({ tenant: 'a.okta.com', ...request }, {}, home.environment())
      expect(values).not.toHaveProperty('apiToken')
    }
  })

  it('is sent by resume only when its tenant and client are given', async () => {
    const store = createMemoryStore()
    await store.exclusive(recordKeyOf(stored.login), slot => slot.write(stored))
    await store.exclusive('current', slot => slot.write(currentRecord(recordKeyOf(stored.login))))
    const sentBodies: string[] = []
    const rejectingFetch: typeof fetch = async (_url, init) => {
      sentBodies.push(String(init?.body))
      return Response.json({ error: 'invalid_client' }, { status: 401 })
    }
    const session = await resume({ clientSecret: 'correct-horse' }, { store, fetch: rejectingFetch })
    await session.token({ forceRefresh: true }).catch(() => {})
    await session.disconnect()
    expect(sentBodies.join()).not.toContain('correct-horse')
    const { orgUrl: tenant, clientId } = stored.login
    await store.exclusive(recordKeyOf(stored.login), slot => slot.write(stored))
    const matching = await resume(
      { tenant, clientId, authorizationServer: 'default', clientSecret: 'correct-horse' },
      { store, fetch: rejectingFetch },
    )
    await matching.token({ forceRefresh: true }).catch(() => {})
    expect(sentBodies.join()).toContain('correct-horse')
  })

  const stored = tokenRecord({
    login: {
      orgUrl: 'https://b.okta.com',
      authorizationServer: 'default',
      clientId: '0oa1',
      identity: { type: 'app' },
      scopes: ['orders.read'],
    },
    needsCredential: true,
    grantedScopes: ['orders.read'],
    obtainedAt: Date.now(),
    expiresAt: Date.now() + 3600_000,
  })

  it.each([
    ['CONNECT_OKTA_API_TOKEN', apiToken],
    ['OKTA_CLIENT_TOKEN', apiToken],
    ['CONNECT_OKTA_CLIENT_SECRET', 'correct-horse'],
  ])('is not sent to an org that only a profile names: %s', async (variable, secret) => {
    await home.write('config/profiles.yaml', 'default: p\nprofiles:\n  p: { tenant: evil.example }\n')
    const settings = readSettings({}, {}, home.environment({ [variable]: secret }))
    await expect(settings).rejects.toMatchObject({
      code: 'options_invalid',
      message: expect.stringContaining(variable),
    })
    await settings.catch(error => expect(allTextOf(error)).not.toContain(secret))
    // The user selected the profile or the org explicitly.
    expect((await readSettings({}, { profile: 'p' }, home.environment({ [variable]: secret }))).values.tenant).toBe(
      'evil.example',
    )
    expect(
      (await readSettings({ tenant: 'a.okta.com' }, {}, home.environment({ [variable]: secret }))).values.tenant,
    ).toBe('a.okta.com')
  })
})
