import type { MiddlewareHandler } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import type { AppEnv } from '../app-env.js'
import { headerOf } from '../http/header-of.js'
import { Refusal } from '../http/http-error.js'

const mostBytes = 64 * 1024

/** Refuses bodies that are longer than our own routes need. */
export function limitBody(): MiddlewareHandler<AppEnv> {
  const onError = (): never => {
    throw new Refusal(413, 'invalid_request', 'The body is longer than 64 KiB.')
  }
  const counting = bodyLimit({ maxSize: mostBytes, onError })
  return (c, next) => {
    const length = headerOf(c, 'content-length')
    // Node reads no more than the announced length. Only a body of unknown length is counted, because that needs a stream.
    if (length === undefined || headerOf(c, 'transfer-encoding') !== undefined) return counting(c, next)
    if (Number(length) > mostBytes) return onError()
    return next()
  }
}
