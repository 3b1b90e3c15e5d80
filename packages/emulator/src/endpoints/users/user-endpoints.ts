import { api, type Endpoint } from '../table/endpoint.js'
import { currentUser, listUsers, oneUser, USER_LIST } from './users.js'

const read = ['okta.users.read', 'okta.users.manage'] as const

/** The users API. */
export const USER_ENDPOINTS: readonly Endpoint[] = [
  api('GET', '/api/v1/users', { summary: 'Lists users.', scopes: read, query: USER_LIST, cors: true }, listUsers),
  api(
    'GET',
    '/api/v1/users/me',
    { summary: 'The user of the token.', scopes: [...read, 'okta.users.read.self'], admin: false, cors: true },
    currentUser,
  ),
  api('GET', '/api/v1/users/{id}', { summary: 'A user, by ID or login.', scopes: read, cors: true }, oneUser),
]
