import type { MiddlewareHandler } from 'hono'
import type { AppEnv, World } from '../app-env.js'

/**
 * Sends a browser to the host that Okta will send it back to, before it gets a cookie: one of 127.0.0.1 is not one of
 * localhost. Only where nobody but this machine is meant; in front of others stands a proxy, which knows its names.
 */
export function sendToPages({ config }: World): MiddlewareHandler<AppEnv> {
  const { host } = new URL(config.issuer)
  return async (c, next) => {
    const isOther = config.hosts !== undefined && c.req.header('host')?.toLowerCase() !== host
    if (isOther && c.req.method === 'GET') return c.redirect(`${config.issuer}${c.req.path}`, 302)
    await next()
    return undefined
  }
}
