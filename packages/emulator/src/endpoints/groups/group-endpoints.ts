import { api, type Endpoint } from '../table/endpoint.js'
import { addMember, GROUP_APP_LIST, groupApps, listMembers, MEMBER_LIST, removeMember } from './group-members.js'
import { createGroup, deleteGroup, GROUP_LIST, listGroups, oneGroup, replaceGroup } from './groups.js'

const read = { scopes: ['okta.groups.read', 'okta.groups.manage'] } as const
const manage = { scopes: ['okta.groups.manage'] } as const
const groups = '/api/v1/groups'
const group = `${groups}/{groupId}`

/** The groups API. */
export const GROUP_ENDPOINTS: readonly Endpoint[] = [
  api('GET', groups, { ...read, summary: 'Lists groups.', query: GROUP_LIST }, listGroups),
  api('POST', groups, { ...manage, summary: 'Creates a group.', body: 'json' }, createGroup),
  api('GET', group, { ...read, summary: 'Returns a group.' }, oneGroup),
  api('PUT', group, { ...manage, summary: 'Replaces the profile of a group.', body: 'json' }, replaceGroup),
  api('DELETE', group, { ...manage, summary: 'Deletes a group.' }, deleteGroup),
  api('GET', `${group}/users`, { ...read, summary: 'Lists the users of a group.', query: MEMBER_LIST }, listMembers),
  api('PUT', `${group}/users/{userId}`, { ...manage, summary: 'Adds a user to a group.' }, addMember),
  api('DELETE', `${group}/users/{userId}`, { ...manage, summary: 'Removes a user from a group.' }, removeMember),
  api('GET', `${group}/apps`, { ...read, summary: 'Lists the apps of a group.', query: GROUP_APP_LIST }, groupApps),
]
