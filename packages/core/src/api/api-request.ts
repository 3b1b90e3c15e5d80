import { optionsInvalid } from '../errors.js'
import { described } from '../safe-text.js'

/** A request to Okta's API, except for its authorization, which the session adds. */
export interface ApiRequest {
  /** GET, HEAD, POST, PUT, PATCH, DELETE or OPTIONS, in any case. */
  readonly method: string
  /** A path such as `/api/v1/users?limit=10`, or a URL of the org. */
  readonly path: string
  /** Default: `accept: application/json`, and with a body `content-type: application/json`. */
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array
}

const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']

// The connection to the server sets these (RFC 9110 §7.6.1, §8.6, §10.1.1), and the session the first two.
const reservedHeaders =
  /^(authorization|dpop|connection|content-length|expect|host|keep-alive|proxy-connection|te|trailer|transfer-encoding|upgrade)$/

/** A checked request, with all of its headers. */
export interface CheckedApiRequest extends ApiRequest {
  readonly headers: Readonly<Record<string, string>>
}

/**
 * Checks a request, and adds the default headers to it. {@link callApi} does the same. Call this function to reject an invalid request
 * before a user signs in.
 *
 * @throws {@link OktaConnectError} `options_invalid`. The message does not contain the method, the path or a value, because they
 * can be secrets that were passed by mistake.
 * @example
 * checkApiRequest({ method: 'GET', path: '/api/v1/users' }) // throws for an invalid request
 */
export function checkApiRequest(request: ApiRequest): CheckedApiRequest {
  if (typeof request?.method !== 'string') throw optionsInvalid('The request has no method.', 'Use GET, for example.')
  if (typeof request.path !== 'string') {
    throw optionsInvalid('The request has no path.', 'Use a path such as /api/v1/users.')
  }
  const method = request.method.toUpperCase()
  if (!methods.includes(method)) {
    // No method of the list is longer, and no secret is that short.
    const shown = /^[A-Z]{1,7}$/.test(method) ? method : `(${described(request.method)})`
    throw optionsInvalid(`Invalid method: ${shown}.`, `Use one of ${methods.join(', ')}.`)
  }
  if (!/^\/|^https?:\/\//i.test(request.path)) {
    const message = 'The path does not begin with /, and is not a URL.'
    throw optionsInvalid(message, 'Use a path such as /api/v1/users, or a URL of the org.')
  }
  if (request.body !== undefined && (method === 'GET' || method === 'HEAD')) {
    throw optionsInvalid(
      `A ${method} request has no body.`,
      'Use POST, PUT or PATCH, or put the values into the query.',
    )
  }
  const headers: Record<string, string> = { accept: 'application/json' }
  if (request.body !== undefined) headers['content-type'] = 'application/json'
  for (const [name, value] of Object.entries(request.headers ?? {}))
    headers[name.toLowerCase()] = checkedHeader(name, value)
  return { ...request, method, headers }
}

function checkedHeader(name: string, value: string): string {
  // RFC 9110 §5.5, §5.6.2
  const isText = typeof value === 'string' && /^[\t\x20-\x7e\x80-\xff]*$/.test(value)
  if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name) || !isText) {
    throw optionsInvalid(`Invalid header (${described(name)}).`, 'Use only ASCII characters in the name and the value.')
  }
  if (reservedHeaders.test(name.toLowerCase())) {
    throw optionsInvalid(`The header ${name} cannot be set: Connect-Okta sets it for each request.`, 'Remove it.')
  }
  return value.trim()
}
