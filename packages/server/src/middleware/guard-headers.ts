import type { MiddlewareHandler } from 'hono'
import type { AppEnv } from '../app-env.js'
import { HttpError } from '../http/http-error.js'

const maxHeaders = 100

/**
 * Rejects a request whose headers are ambiguous: one with more headers than every proxy in front of the broker forwards, and
 * one with a second `Host` or `Authorization` header, of which Node drops all but the first.
 *
 * @see RFC 6585 §5, RFC 9110 §5.3, RFC 9112 §3.2
 */
export function guardHeaders(): MiddlewareHandler<AppEnv> {
  return (c, next) => {
    const { rawHeaders = [] } = c.env?.incoming ?? {}
    if (rawHeaders.length > 2 * maxHeaders) {
      throw new HttpError(431, 'invalid_request', `The request has more than ${maxHeaders} headers.`)
    }
    requireSingle(rawHeaders, 'Host')
    requireSingle(rawHeaders, 'Authorization')
    return next()
  }
}

function requireSingle(rawHeaders: readonly string[], header: string): void {
  let count = 0
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]
    if (name?.length === header.length && name.toLowerCase() === header.toLowerCase()) count += 1
  }
  if (count > 1) throw new HttpError(400, 'invalid_request', `There is more than one ${header} header.`)
}
