import type { MiddlewareHandler } from 'hono'
import type { AppEnv } from '../app-env.js'
import { headerOf } from '../http/header-of.js'
import { Refusal } from '../http/http-error.js'

/**
 * Refuses requests that a page of another site makes a browser send to the routes of clients.
 *
 * @see https://www.w3.org/TR/fetch-metadata/
 */
export function guardOrigin(): MiddlewareHandler<AppEnv> {
  return (c, next) => {
    if (headerOf(c, 'sec-fetch-site') !== 'cross-site') return next()
    throw new Refusal(403, 'access_denied', 'Pages of other sites cannot use this server.')
  }
}
