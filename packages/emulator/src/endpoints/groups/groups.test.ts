import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { managementClient } from '../../../test/support/management.test.support.js'
import { authorizeUrl, callApi, serviceToken } from '../../../test/support/relying-party.test.support.js'
import { type OktaEmulator, startOktaEmulator } from '../../start-okta-emulator.js'
import { ScriptedBrowser } from '../../testing/scripted-browser.js'

let okta: OktaEmulator
let call: ReturnType<typeof managementClient>
beforeEach(async () => {
  okta = await startOktaEmulator({
    people: 0,
    groups: [{ name: 'Engineering', members: ['grace.hopper@example.com'] }],
  })
  call = managementClient(okta)
})
afterEach(() => okta.close())

const list = async (path: string) =>
  JSON.parse((await call('GET', path)).text) as { id: string; profile: { name: string; login: string } }[]
const create = async (name: string) => (await call('POST', '/api/v1/groups', { profile: { name } })).body

describe('groups', () => {
  it('are listed in Okta’s format, without a link when they are found by name', async () => {
    const { headers, text } = await call('GET', '/api/v1/groups')
    expect(JSON.parse(text)).toMatchObject([
      { type: 'BUILT_IN', profile: { name: 'Everyone' }, objectClass: ['okta:user_group'] },
      { type: 'OKTA_GROUP', profile: { name: 'Engineering', description: null } },
    ])
    expect(headers.get('link')).toBe(`<${okta.orgUrl.origin}/api/v1/groups?limit=10000>; rel="self"`)
    const found = await call('GET', '/api/v1/groups?q=eng')
    expect([JSON.parse(found.text).length, found.headers.get('link')]).toEqual([1, null])
    expect(JSON.parse(text)[0]._links).not.toHaveProperty('self')
  })

  it('are created, changed and deleted', async () => {
    const { id } = await create('Sales')
    expect(id).toMatch(/^00g\w{17}$/)
    const path = `/api/v1/groups/${id}`
    const changed = await call('PUT', path, { profile: { name: 'Sales', description: 'Sells' } })
    expect(changed).toMatchObject({ status: 200, body: { profile: { name: 'Sales', description: 'Sells' } } })
    expect(await call('DELETE', path)).toMatchObject({ status: 204 })
    expect(await call('GET', path)).toMatchObject({
      status: 404,
      body: { errorSummary: `Not found: Resource not found: ${id} (UserGroup)` },
    })
  })

  it.each([
    [
      { profile: { name: 'engineering' } },
      'name: An object with this field already exists in the current organization',
    ],
    [{ profile: {} }, 'name: The field cannot be left blank'],
    [{ profile: { name: 'x', color: 'red' } }, "Property name 'color' is not defined in profile"],
  ])('are rejected when they are %o', async (body, cause) => {
    expect(await call('POST', '/api/v1/groups', body)).toMatchObject({
      status: 400,
      body: { errorCode: 'E0000001', errorCauses: [{ errorSummary: cause }] },
    })
  })

  it('have users, who have groups', async () => {
    const { id } = await create('Sales')
    const ada = okta.users[0]?.id
    const member = `/api/v1/groups/${id}/users/${ada}`
    expect(await call('PUT', member)).toMatchObject({ status: 204 })
    expect(await call('PUT', member)).toMatchObject({ status: 204 })
    expect((await list(`/api/v1/groups/${id}/users`)).map(user => user.id)).toEqual([ada])
    expect((await list(`/api/v1/users/${ada}/groups`)).map(group => group.profile.name)).toEqual(['Everyone', 'Sales'])
    expect(await call('DELETE', member)).toMatchObject({ status: 204 })
    expect(await list(`/api/v1/groups/${id}/users`)).toEqual([])
    const [everyone] = await list('/api/v1/groups')
    expect(await list(`/api/v1/groups/${everyone?.id}/users`)).toHaveLength(3)
    expect(await call('DELETE', `/api/v1/groups/${everyone?.id}/users/${ada}`)).toMatchObject({ status: 403 })
  })

  it('give their users access to an app', async () => {
    const [engineering] = await list('/api/v1/groups?q=Eng')
    await okta.update(okta.client('spa').clientId, { assignedUsers: [] })
    const signIn = () => new ScriptedBrowser(okta).signIn(authorizeUrl(okta, okta.client('spa')), okta.users[1])
    expect((await signIn()).searchParams.get('error')).toBe('access_denied')
    const assignment = `/api/v1/apps/${okta.client('spa').clientId}/groups/${engineering?.id}`
    expect(await call('PUT', assignment)).toMatchObject({ status: 200, body: { id: engineering?.id, priority: 0 } })
    expect((await signIn()).searchParams.has('code')).toBe(true)
    expect(await list(`/api/v1/groups/${engineering?.id}/apps`)).toMatchObject([{ id: okta.client('spa').clientId }])
    const user = `/api/v1/apps/${okta.client('spa').clientId}/users/${okta.users[1]?.id}`
    expect(await call('DELETE', user)).toMatchObject({ status: 403, body: { errorCode: 'E0000046' } })
    expect(await call('DELETE', assignment)).toMatchObject({ status: 204 })
    expect((await signIn()).searchParams.get('error')).toBe('access_denied')
  })

  it('need okta.groups.read or okta.groups.manage', async () => {
    const token = async (scope: string) => serviceToken(okta, okta.client('service'), scope)
    expect(await callApi(okta, '/api/v1/groups', await token('okta.groups.read'))).toMatchObject({ status: 200 })
    expect(await callApi(okta, '/api/v1/groups', await token('okta.users.read'))).toMatchObject({ status: 403 })
  })
})
