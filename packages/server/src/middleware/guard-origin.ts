import type { MiddlewareHandler } from 'hono'
import type { AppEnv } from '../app-env.js'
import { HttpError } from '../http/http-error.js'
import { requestHeader } from '../http/request-header.js'

/**
 * Rejects requests to the routes of clients that a browser sends for a page of another site.
 *
 * @see https://www.w3.org/TR/fetch-metadata/
 */
export function guardOrigin(): MiddlewareHandler<AppEnv> {
  return (c, next) => {
    if (requestHeader(c, 'sec-fetch-site') !== 'cross-site') return next()
    throw new HttpError(403, 'access_denied', 'Web pages on other sites cannot send requests to this server.')
  }
}
