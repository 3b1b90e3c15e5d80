import { api, type Endpoint, type Handler, type Method } from '../table/endpoint.js'
import { LOG_QUERY, listLogs } from './logs.js'
import { orgSettings } from './org-settings.js'
import { currentSession, deleteSession, endCurrentSession, oneSession, refreshSession } from './sessions.js'
import {
  activateTrustedOrigin,
  createTrustedOrigin,
  deactivateTrustedOrigin,
  deleteTrustedOrigin,
  listTrustedOrigins,
  oneTrustedOrigin,
  replaceTrustedOrigin,
  TRUSTED_ORIGIN_LIST,
} from './trusted-origins.js'

const readOrigins = { scopes: ['okta.trustedOrigins.read', 'okta.trustedOrigins.manage'] } as const
const manageOrigins = { scopes: ['okta.trustedOrigins.manage'] } as const
const origins = '/api/v1/trustedOrigins'
const origin = `${origins}/{trustedOriginId}`
const sessions = '/api/v1/sessions'
const session = `${sessions}/{sessionId}`

/** An endpoint that identifies the user by the session cookie instead of a token. */
function withCookie(method: Method, path: string, summary: string, handler: Handler): Endpoint {
  const endpoint = api(method, path, { summary, scopes: ['okta.sessions.read'], cors: true }, handler)
  return { ...endpoint, scopes: [], checks: endpoint.checks.slice(-1) }
}

/** The settings of the org, its log, its sessions and its trusted origins. */
export const ORG_ENDPOINTS: readonly Endpoint[] = [
  api(
    'GET',
    '/api/v1/org',
    { summary: 'Returns the org.', scopes: ['okta.orgs.read', 'okta.orgs.manage'] },
    orgSettings,
  ),
  api(
    'GET',
    '/api/v1/logs',
    { summary: 'Lists events of the System Log.', scopes: ['okta.logs.read'], query: LOG_QUERY, cors: true },
    listLogs,
  ),
  withCookie('GET', `${sessions}/me`, 'Returns the session of the cookie.', currentSession),
  withCookie('DELETE', `${sessions}/me`, 'Ends the session of the cookie.', endCurrentSession),
  api(
    'GET',
    session,
    { summary: 'Returns a session.', scopes: ['okta.sessions.read', 'okta.sessions.manage'] },
    oneSession,
  ),
  api('DELETE', session, { summary: 'Ends a session.', scopes: ['okta.sessions.manage'], cors: true }, deleteSession),
  api(
    'POST',
    `${session}/lifecycle/refresh`,
    { summary: 'Extends a session.', scopes: ['okta.sessions.manage'] },
    refreshSession,
  ),
  api(
    'GET',
    origins,
    { ...readOrigins, summary: 'Lists trusted origins.', query: TRUSTED_ORIGIN_LIST },
    listTrustedOrigins,
  ),
  api('POST', origins, { ...manageOrigins, summary: 'Adds a trusted origin.', body: 'json' }, createTrustedOrigin),
  api('GET', origin, { ...readOrigins, summary: 'Returns a trusted origin.' }, oneTrustedOrigin),
  api('PUT', origin, { ...manageOrigins, summary: 'Replaces a trusted origin.', body: 'json' }, replaceTrustedOrigin),
  api('DELETE', origin, { ...manageOrigins, summary: 'Deletes a trusted origin.' }, deleteTrustedOrigin),
  api(
    'POST',
    `${origin}/lifecycle/activate`,
    { ...manageOrigins, summary: 'Activates a trusted origin.' },
    activateTrustedOrigin,
  ),
  api(
    'POST',
    `${origin}/lifecycle/deactivate`,
    { ...manageOrigins, summary: 'Deactivates a trusted origin.' },
    deactivateTrustedOrigin,
  ),
]
