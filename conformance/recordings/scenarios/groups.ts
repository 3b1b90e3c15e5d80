import { get, post, put, remove, type Scenario } from './scenario.js'

const groups = '/api/v1/groups'

export const groupChanges: Scenario = async ({ compare, send, okta }) => {
  const { id } = await compare('POST group', post(groups, { profile: { name: 'Engineers', description: 'Builders' } }))
  await compare('GET group', get(`${groups}/${id}`))
  await compare('PUT group', put(`${groups}/${id}`, { profile: { name: 'Engineers', description: 'Makers' } }))
  const userId = okta.users[0]?.id
  await compare('PUT group user', put(`${groups}/${id}/users/${userId}`))
  await compare('GET group users', get(`${groups}/${id}/users`))
  await compare('DELETE group user', remove(`${groups}/${id}/users/${userId}`))
  await compare('GET group apps', get(`${groups}/${id}/apps`))
  await compare('GET group owners', get(`${groups}/${id}/owners`))
  await compare('GET group roles', get(`${groups}/${id}/roles`))
  await compare('DELETE group', remove(`${groups}/${id}`))
  await compare('GET unknown group', get(`${groups}/${id}`))
  await send(get(groups))
}

export const groupLists: Scenario = async ({ compare }) => {
  await compare('GET groups', get(groups))
  await compare('GET groups with q', get(`${groups}?q=Every`))
  await compare('GET groups with filter', get(`${groups}?filter=type%20eq%20%22BUILT_IN%22&limit=200`))
  await compare('GET group rules', get(`${groups}/rules`))
  const conditions = { expression: { value: 'user.firstName=="Ada"', type: 'urn:okta:expression:1.0' } }
  const actions = { assignUserToGroups: { groupIds: [] } }
  await compare('POST group rule', post(`${groups}/rules`, { type: 'group_rule', name: 'Ada', conditions, actions }))
}
