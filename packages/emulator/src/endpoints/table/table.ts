import { matchPath } from '../../http/match-path.js'
import type { AuthorizationServer } from '../../org/authorization-server.js'
import { APP_ENDPOINTS } from '../apps/app-endpoints.js'
import { FACTOR_ENDPOINTS } from '../factors/factor-endpoints.js'
import { GROUP_ENDPOINTS } from '../groups/group-endpoints.js'
import { OAUTH_ENDPOINTS } from '../oauth/oauth-endpoints.js'
import { ORG_ENDPOINTS } from '../org/org-endpoints.js'
import { PAGE_ENDPOINTS } from '../pages/page-endpoints.js'
import { USER_ENDPOINTS } from '../users/user-endpoints.js'
import type { Endpoint } from './endpoint.js'

/** All endpoints of an org. When several match a request, the first is used. */
export const ENDPOINTS: readonly Endpoint[] = [
  ...PAGE_ENDPOINTS,
  ...OAUTH_ENDPOINTS,
  ...USER_ENDPOINTS,
  ...FACTOR_ENDPOINTS,
  ...GROUP_ENDPOINTS,
  ...APP_ENDPOINTS,
  ...ORG_ENDPOINTS,
]

/** An endpoint, and the segments of the path that its template names. */
export interface Match {
  readonly endpoint: Endpoint
  readonly params: Readonly<Record<string, string>>
}

/** Paths of Okta that the emulator does not have, although a template of another endpoint matches them. */
const MISSING = [/^\/api\/v1\/groups\/rules$/, /^\/api\/v1\/users\/[^/]+\/factors\/(catalog|questions)$/]

/** Returns the endpoints with this path, one for each method. */
export function findEndpoints(path: string, server: AuthorizationServer): readonly Match[] {
  if (MISSING.some(pattern => pattern.test(path))) return []
  const isCustom = server.id !== undefined
  const requestPath = isCustom ? orgPath(path.slice(server.base.length)) : path
  return ENDPOINTS.flatMap(endpoint => {
    const params = isCustom && !endpoint.atCustomServers ? undefined : matchPath(endpoint.path, requestPath)
    return params ? [{ endpoint, params }] : []
  })
}

/** The org's path for a path below the base of a custom server. */
function orgPath(path: string): string {
  return path.startsWith('/v1/') ? `/oauth2${path}` : path
}
