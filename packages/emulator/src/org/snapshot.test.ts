import { describe, expect, it } from 'vitest'
import { managementClient } from '../../test/support/management.test.support.js'
import { callApi, send, serviceToken, userTokens } from '../../test/support/relying-party.test.support.js'
import { startOktaEmulator } from '../start-okta-emulator.js'

const user = {
  profile: { firstName: 'Isaac', lastName: 'Brock', email: 'isaac@example.com', login: 'isaac@example.com' },
  credentials: { password: { value: 'tlpWENT2m-1' } },
}

describe('a snapshot', () => {
  it('restores users, groups, apps, tokens and sessions', async () => {
    await using okta = await startOktaEmulator({ people: 0 })
    const call = managementClient(okta)
    const { body } = await call('POST', '/api/v1/users', user)
    const token = await serviceToken(okta)
    const { body: tokens } = await userTokens(okta, okta.client('spa'), { scope: 'openid' })
    await okta.update(okta.client('spa').clientId, { dpop: true })
    const snapshot = JSON.parse(JSON.stringify(await okta.snapshot()))

    await okta.reset()
    expect(await call('GET', `/api/v1/users/${body.id}`)).toMatchObject({ status: 404 })
    expect(await callApi(okta, '/api/v1/users', token)).toMatchObject({ status: 401 })
    await okta.restore(snapshot)
    expect(await call('GET', `/api/v1/users/${body.id}`)).toMatchObject({ status: 200, body: { status: 'ACTIVE' } })
    expect(await callApi(okta, '/api/v1/users', token)).toMatchObject({ status: 200 })
    expect(await callApi(okta, '/oauth2/v1/userinfo', tokens.access_token)).toMatchObject({ status: 200 })
    expect(okta.client('spa').dpop).toBe(true)
  })

  it('restores users and apps in another emulator, without tokens', async () => {
    await using first = await startOktaEmulator({ people: 0 })
    await managementClient(first)('POST', '/api/v1/groups', { profile: { name: 'Sales' } })
    const token = await serviceToken(first)
    await using second = await startOktaEmulator({ people: 0 })
    await second.restore(await first.snapshot())
    expect(second.clients.map(({ clientId }) => clientId)).toEqual(first.clients.map(({ clientId }) => clientId))
    expect((await managementClient(second)('GET', '/api/v1/groups?q=Sales')).text).toContain('Sales')
    expect(await callApi(second, '/api/v1/users', token)).toMatchObject({ status: 401 })
    expect(await callApi(second, '/api/v1/users', await serviceToken(second))).toMatchObject({ status: 200 })
  })

  it('is saved and restored by the control panel', async () => {
    await using okta = await startOktaEmulator()
    const at = new URL('/_emulator/snapshot', okta.localUrl)
    const headers = { 'content-type': 'application/json' }
    const { text } = await send(at)
    expect(JSON.parse(text).state.users).toHaveLength(28)
    expect(await send(at, { method: 'PUT', body: text, headers })).toMatchObject({ status: 204 })
    const put = (body: string) => send(at, { method: 'PUT', body, headers })
    expect(await put('{"version":2}')).toMatchObject({
      status: 400,
      body: { error_description: expect.stringContaining('version') },
    })
    expect(await put('{')).toMatchObject({ status: 400 })
    for (const change of [{ users: [5] }, { apps: [['a', null]] }, { clock: { fixedAt: 'x' } }, { sessions: [5] }]) {
      const { state, ...snapshot } = JSON.parse(text)
      const broken = await put(JSON.stringify({ ...snapshot, state: { ...state, ...change } }))
      expect(broken).toMatchObject({ status: 400, body: { error_description: expect.stringContaining('state.') } })
    }
    expect((await managementClient(okta)('GET', '/api/v1/apps')).status).toBe(200)
  })
})
