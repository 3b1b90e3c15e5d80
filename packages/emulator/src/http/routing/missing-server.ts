import type { Context } from 'koa'
import { errorPage } from '../../html/error-page.js'
import type { Org } from '../../org/org.js'
import { ApiError } from '../errors/errors.js'

/**
 * Answers a request for a custom authorization server that cannot be used: the org has no API Access Management, or no
 * server with this ID. Users see a page at `/authorize`. All other paths return an error in the format of the API.
 *
 * @returns whether the request was answered
 */
export function respondToMissingServer(ctx: Context, org: Org): boolean {
  const [, id, path] = /^\/oauth2\/([^/]+)\/(.*)$/.exec(ctx.path) ?? []
  if (id === undefined || id === 'v1') return false
  const isPage = path === 'v1/authorize'
  if (!org.features.apiAccessManagement) {
    // The page: okta/samples-js-react#98. The error: support.okta.com, "401 Permissions Error during Log in".
    if (isPage) return showPage(ctx, 400, 'server_error', 'The requested feature is not enabled in this environment.')
    throw new ApiError('E0000015', 'You do not have permission to access the feature you are requesting', {
      status: 401,
    })
  }
  if (org.servers.some(server => server.id === id)) return false
  // reference/oidc, `/.well-known/oauth-authorization-server`
  const summary = `Not found: Resource not found: ${id} (AuthorizationServer)`
  if (isPage) return showPage(ctx, 404, 'E0000007', summary)
  throw new ApiError('E0000007', summary, { status: 404 })
}

function showPage(ctx: Context, status: number, error: string, description: string): true {
  ctx.status = status
  errorPage(ctx, error, description)
  return true
}
