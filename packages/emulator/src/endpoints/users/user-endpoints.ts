import { USER_GROUPS, userGroups } from '../groups/group-members.js'
import { api, type Endpoint, type Handler } from '../table/endpoint.js'
import type { Parameter } from '../table/parameters.js'
import {
  CREATE_USER,
  createUser,
  currentUser,
  DELETE_USER,
  deleteUser,
  mergeUser,
  ONE_USER,
  oneUser,
  replaceUser,
  UPDATE_USER,
} from './change-users.js'
import { CHANGE_PASSWORD, changePassword, changeRecoveryQuestion, deleteSessions, END_SESSIONS } from './credentials.js'
import { deleteGrants, EMPTY_LIST, emptyList, noGrants } from './empty-lists.js'
import {
  activateUser,
  deactivateUser,
  expirePassword,
  expireWithTempPassword,
  LIFECYCLE_QUERY,
  reactivateUser,
  resetFactors,
  resetPassword,
  suspendUser,
  unlockUser,
  unsuspendUser,
} from './lifecycle.js'
import { listUsers, USER_LIST } from './list-users.js'
import { ASSIGN_ROLE, assignRole, listRoles, oneRole, ROLE_LIST, removeRole } from './roles.js'

const read = { scopes: ['okta.users.read', 'okta.users.manage'], cors: true } as const
const manage = { scopes: ['okta.users.manage'], cors: true } as const
const json = { ...manage, body: 'json' } as const
const readRoles = { scopes: ['okta.roles.read', 'okta.roles.manage'] } as const
const manageRoles = { scopes: ['okta.roles.manage'] } as const
const users = '/api/v1/users'
const roles = `${users}/{userId}/roles`
const user = `${users}/{id}`

const lifecycle = (action: string, summary: string, handler: Handler, query: readonly Parameter[] = []): Endpoint =>
  api('POST', `${user}/lifecycle/${action}`, { ...manage, summary, query }, handler)

/** The users API. */
export const USER_ENDPOINTS: readonly Endpoint[] = [
  api('GET', users, { ...read, summary: 'Lists users.', query: USER_LIST }, listUsers),
  api('POST', users, { ...json, summary: 'Creates a user.', query: CREATE_USER }, createUser),
  api(
    'GET',
    `${users}/me`,
    {
      summary: 'Returns the user of the token.',
      scopes: [...read.scopes, 'okta.users.read.self'],
      admin: false,
      cors: true,
    },
    currentUser,
  ),
  api('GET', user, { ...read, summary: 'Returns a user by ID, login or login shortname.', query: ONE_USER }, oneUser),
  api('POST', user, { ...json, summary: 'Updates attributes of a user.', query: UPDATE_USER }, mergeUser),
  api('PUT', user, { ...json, summary: 'Replaces the profile of a user.', query: UPDATE_USER }, replaceUser),
  api(
    'DELETE',
    user,
    { ...manage, summary: 'Deactivates a user, or deletes a deactivated user.', query: DELETE_USER },
    deleteUser,
  ),
  lifecycle('activate', 'Activates a user.', activateUser, LIFECYCLE_QUERY.activate),
  lifecycle(
    'reactivate',
    'Restarts the activation of a user without a password.',
    reactivateUser,
    LIFECYCLE_QUERY.reactivate,
  ),
  lifecycle('deactivate', 'Deactivates a user.', deactivateUser, LIFECYCLE_QUERY.deactivate),
  lifecycle('suspend', 'Suspends a user.', suspendUser),
  lifecycle('unsuspend', 'Unsuspends a user.', unsuspendUser),
  lifecycle('unlock', 'Unlocks a user.', unlockUser),
  lifecycle('reset_password', 'Starts a password reset for a user.', resetPassword, LIFECYCLE_QUERY.resetPassword),
  lifecycle('expire_password', 'Expires the password of a user.', expirePassword, LIFECYCLE_QUERY.expirePassword),
  lifecycle(
    'expire_password_with_temp_password',
    'Sets a temporary password that the user must change.',
    expireWithTempPassword,
    LIFECYCLE_QUERY.tempPassword,
  ),
  lifecycle('reset_factors', 'Deletes the passkeys of a user.', resetFactors),
  api('GET', `${user}/groups`, { ...read, summary: 'Lists the groups of a user.', query: USER_GROUPS }, userGroups),
  ...['appLinks', 'clients', 'idps'].map(name =>
    api(
      'GET',
      `${users}/{userId}/${name}`,
      { ...read, summary: 'Returns an empty list.', query: EMPTY_LIST },
      emptyList,
    ),
  ),
  api('GET', `${users}/{userId}/grants`, { ...read, summary: 'Returns an empty list.', query: EMPTY_LIST }, noGrants),
  api(
    'DELETE',
    `${users}/{userId}/grants`,
    { ...manage, summary: 'Has no effect: there are no grants.' },
    deleteGrants,
  ),
  api('GET', roles, { ...readRoles, summary: 'Lists the admin role of a user.', query: ROLE_LIST }, listRoles),
  api(
    'POST',
    roles,
    { ...manageRoles, summary: 'Assigns an admin role to a user.', query: ASSIGN_ROLE, body: 'json' },
    assignRole,
  ),
  api('GET', `${roles}/{roleAssignmentId}`, { ...readRoles, summary: 'Returns the admin role of a user.' }, oneRole),
  api(
    'DELETE',
    `${roles}/{roleAssignmentId}`,
    { ...manageRoles, summary: 'Removes the admin role of a user.' },
    removeRole,
  ),
  api(
    'DELETE',
    `${users}/{userId}/sessions`,
    { ...manage, summary: 'Ends the sessions of a user.', query: END_SESSIONS },
    deleteSessions,
  ),
  api(
    'POST',
    `${users}/{userId}/credentials/change_password`,
    { ...json, summary: 'Changes the password.', query: CHANGE_PASSWORD },
    changePassword,
  ),
  api(
    'POST',
    `${users}/{userId}/credentials/change_recovery_question`,
    { ...json, summary: 'Changes the recovery question.' },
    changeRecoveryQuestion,
  ),
]
