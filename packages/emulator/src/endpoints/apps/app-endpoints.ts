import { superAdmin } from '../../checks/api/super-admin.js'
import { api, type Endpoint } from '../table/endpoint.js'
import {
  APP_GROUP_LIST,
  APP_USER_LIST,
  assignGroup,
  assignUser,
  listAppGroups,
  listAppUsers,
  NO_EXPAND,
  oneAppGroup,
  oneAppUser,
  unassignGroup,
  unassignUser,
} from './assignments.js'
import {
  activateApp,
  CREATE_APP,
  createApp,
  DELETE_APP_USER,
  deactivateApp,
  deleteApp,
  ONE_APP,
  oneApp,
  replaceApp,
} from './change-apps.js'
import { CREDENTIAL_ENDPOINTS } from './credentials/credential-endpoints.js'
import { APP_LIST, listApps } from './list-apps.js'

const read = { scopes: ['okta.apps.read', 'okta.apps.manage'] } as const
const manage = { scopes: ['okta.apps.manage'] } as const
const apps = '/api/v1/apps'
const app = `${apps}/{appId}`
const users = `${app}/users`
const groups = `${app}/groups`

/** The apps API. */
export const APP_ENDPOINTS: readonly Endpoint[] = [
  api('GET', apps, { ...read, summary: 'Lists apps.', query: APP_LIST }, listApps),
  api('POST', apps, { ...manage, summary: 'Creates an OIDC app.', query: CREATE_APP, body: 'json' }, createApp),
  api('GET', app, { ...read, summary: 'Returns an app. Its ID is the client ID.', query: ONE_APP }, oneApp),
  api(
    'PUT',
    app,
    { ...manage, summary: 'Replaces the settings of an app.', checks: [superAdmin], body: 'json' },
    replaceApp,
  ),
  api('DELETE', app, { ...manage, summary: 'Deletes an inactive app.' }, deleteApp),
  api('POST', `${app}/lifecycle/activate`, { ...manage, summary: 'Activates an app.' }, activateApp),
  api('POST', `${app}/lifecycle/deactivate`, { ...manage, summary: 'Deactivates an app.' }, deactivateApp),
  api('GET', users, { ...read, summary: 'Lists the users of an app.', query: APP_USER_LIST }, listAppUsers),
  api('POST', users, { ...manage, summary: 'Assigns an app to a user.', body: 'json' }, assignUser),
  api('GET', `${users}/{userId}`, { ...read, summary: 'Returns a user of an app.', query: NO_EXPAND }, oneAppUser),
  api(
    'DELETE',
    `${users}/{userId}`,
    { ...manage, summary: 'Removes a user from an app.', query: DELETE_APP_USER },
    unassignUser,
  ),
  api(
    'GET',
    groups,
    { ...read, summary: 'Lists the groups that an app is assigned to.', query: APP_GROUP_LIST },
    listAppGroups,
  ),
  api(
    'GET',
    `${groups}/{groupId}`,
    { ...read, summary: 'Returns a group that the app is assigned to.', query: NO_EXPAND },
    oneAppGroup,
  ),
  api(
    'PUT',
    `${groups}/{groupId}`,
    { ...manage, summary: 'Assigns an app to the users of a group.', body: 'json' },
    assignGroup,
  ),
  api('DELETE', `${groups}/{groupId}`, { ...manage, summary: 'Removes a group from an app.' }, unassignGroup),
  ...CREDENTIAL_ENDPOINTS,
]
