import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { managementClient } from '../../../test/support/management.test.support.js'
import { type OktaEmulator, startOktaEmulator } from '../../start-okta-emulator.js'

let okta: OktaEmulator
let call: ReturnType<typeof managementClient>
beforeAll(async () => {
  okta = await startOktaEmulator({
    people: 0,
    users: [{ login: 'admin@example.com' }, { login: 'member@example.com', adminRole: false }],
    apiTokens: [{}, { value: '00member', login: 'member@example.com' }],
  })
  call = managementClient(okta)
})
afterAll(() => okta.close())

describe('the admin role of a user', () => {
  it('is assigned and removed, and gives access to the API', async () => {
    const roles = `/api/v1/users/${okta.users[1]?.id}/roles`
    const isAdmin = async () =>
      (await call('GET', '/api/v1/users', undefined, { authorization: 'SSWS 00member' })).status === 200
    expect([(await call('GET', roles)).text, await isAdmin()]).toEqual(['[]', false])
    const assigned = await call('POST', roles, { type: 'SUPER_ADMIN' })
    expect(assigned).toMatchObject({
      status: 201,
      body: { id: expect.stringMatching(/^ra1\w{17}$/), type: 'SUPER_ADMIN', assignmentType: 'USER' },
    })
    expect(await isAdmin()).toBe(true)
    expect(await call('POST', roles, { type: 'SUPER_ADMIN' })).toMatchObject({ status: 409 })
    expect(await call('POST', roles, { type: 'APP_ADMIN' })).toMatchObject({ status: 400 })
    expect(JSON.parse((await call('GET', roles)).text)).toEqual([assigned.body])
    expect(await call('GET', `${roles}/${assigned.body.id}`)).toMatchObject({ status: 200 })
    expect(await call('DELETE', `${roles}/${assigned.body.id}`)).toMatchObject({ status: 204 })
    expect(await call('DELETE', `${roles}/${assigned.body.id}`)).toMatchObject({ status: 404 })
    expect(await isAdmin()).toBe(false)
  })
})

describe('lists that are always empty', () => {
  it.each(['appLinks', 'clients', 'grants', 'idps'])('are returned for a user: %s', async name => {
    const path = `/api/v1/users/${okta.users[0]?.id}/${name}`
    expect(await call('GET', path)).toMatchObject({ status: 200, text: '[]' })
    expect(await call('GET', `/api/v1/users/unknown/${name}`)).toMatchObject({ status: 404 })
  })

  it('of grants have a link to themselves, and can be deleted', async () => {
    const path = `/api/v1/users/${okta.users[0]?.id}/grants`
    expect((await call('GET', path)).headers.get('link')).toContain(`${path}?limit=20>; rel="self"`)
    expect(await call('DELETE', path)).toMatchObject({ status: 204 })
  })
})
