import { HttpError } from '../http/http-error.js'

const unreserved = /[A-Za-z0-9._~-]/
// RFC 3986 §3.3, as sent over the wire.
const pathForm = /^\/(?:[A-Za-z0-9._~!$&'()*+,;=:@/-]|%[0-9A-Fa-f]{2})*$/
const queryForm = /^(?:[A-Za-z0-9._~!$&'()*+,;=:@/?[\]|{}^`-]|%[0-9A-Fa-f]{2})*$/

/** A checked path of the org, with its query. */
export interface TargetPath {
  readonly path: string
  /** With the question mark, or empty. */
  readonly query: string
}

/**
 * Checks the path of a request, so that the policy and the org interpret it the same way: no dot segments, no encoded slashes, no
 * empty segments, no ambiguous characters. Encoded unreserved characters are decoded (RFC 3986 §6.2.2.2).
 *
 * @throws {@link HttpError} 400
 */
export function parseTargetPath(raw: string): TargetPath {
  const mark = raw.indexOf('?')
  const query = mark === -1 ? '' : raw.slice(mark)
  const path = (mark === -1 ? raw : raw.slice(0, mark)).replace(/%[0-9A-Fa-f]{2}/g, decodedIfUnreserved)
  if (!pathForm.test(path) || !queryForm.test(query.slice(1)))
    throw invalidPath('has characters that are not allowed in a URL')
  // A server that decodes the path before it splits it would see another path.
  if (/%(2f|5c|[01][0-9a-f]|7f)/i.test(path)) throw invalidPath('has an encoded slash or control character')
  // A lenient decoder would read overlong UTF-8 as a dot or a slash.
  if (path.includes('%') && !isUtf8(path)) throw invalidPath('is not encoded in UTF-8')
  if (/%25/.test(path) && /%25(2[ef]|5c)/i.test(path)) throw invalidPath('is encoded twice')
  const segments = path.slice(1).split('/')
  if (segments.slice(0, -1).includes('')) throw invalidPath('has an empty segment')
  // Some servers remove parameters (after a semicolon) before they resolve dot segments.
  if (segments.some(segment => /^\.{1,2}(;|%3b|$)/i.test(segment))) throw invalidPath('has a dot segment')
  return { path, query }
}

function decodedIfUnreserved(encoded: string): string {
  const character = String.fromCharCode(Number.parseInt(encoded.slice(1), 16))
  return unreserved.test(character) ? character : encoded
}

function isUtf8(encoded: string): boolean {
  try {
    return decodeURIComponent(encoded) !== ''
  } catch {
    return false
  }
}

function invalidPath(why: string): HttpError {
  return new HttpError(400, 'invalid_request', `The path ${why}.`)
}
