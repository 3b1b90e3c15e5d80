import type { MiddlewareHandler } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import type { AppEnv } from '../app-env.js'
import { HttpError } from '../http/http-error.js'
import { requestHeader } from '../http/request-header.js'

const maxBytes = 64 * 1024

/** Rejects bodies that are longer than the broker's own routes need. */
export function limitBody(): MiddlewareHandler<AppEnv> {
  const onError = (): never => {
    throw new HttpError(413, 'invalid_request', 'The body is longer than 64 KiB.')
  }
  const counting = bodyLimit({ maxSize: maxBytes, onError })
  return (c, next) => {
    const length = requestHeader(c, 'content-length')
    // Node reads no more than the announced length. Only a body of unknown length is counted, because counting needs a stream.
    if (length === undefined || requestHeader(c, 'transfer-encoding') !== undefined) return counting(c, next)
    if (Number(length) > maxBytes) return onError()
    return next()
  }
}
