import type { MiddlewareHandler } from 'hono'
import type { AppEnv } from '../app-env.js'
import type { RouteDeps } from '../route-deps.js'

/**
 * Redirects a browser to the host of the issuer, which Okta redirects it to after the sign-in, before a cookie is set: a cookie
 * of 127.0.0.1 is not sent to localhost. Applies only when the broker serves this machine; otherwise the proxy in front has its
 * own redirects.
 */
export function redirectToIssuer({ config }: RouteDeps): MiddlewareHandler<AppEnv> {
  const { host } = new URL(config.issuer)
  return async (c, next) => {
    const isOtherHost = config.hosts !== undefined && c.req.header('host')?.toLowerCase() !== host
    if (isOtherHost && c.req.method === 'GET') return c.redirect(`${config.issuer}${c.req.path}`, 302)
    await next()
    return undefined
  }
}
