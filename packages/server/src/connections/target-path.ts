import { Refusal } from '../http/http-error.js'

const unreserved = /[A-Za-z0-9._~-]/
// RFC 3986 §3.3, in the form in which it goes over the wire.
const pathForm = /^\/(?:[A-Za-z0-9._~!$&'()*+,;=:@/-]|%[0-9A-Fa-f]{2})*$/
const queryForm = /^(?:[A-Za-z0-9._~!$&'()*+,;=:@/?[\]|{}^`-]|%[0-9A-Fa-f]{2})*$/

/** A path of the org and what follows it, checked. */
export interface TargetPath {
  readonly path: string
  /** With its question mark, or empty. */
  readonly query: string
}

/**
 * Checks where a request is to go, so that what policy sees is what the org gets: no dot segments, no encoded slashes, no
 * empty segments, no characters that one reader takes for others. Unreserved characters that are encoded needlessly are
 * decoded (RFC 3986 §6.2.2.2).
 *
 * @throws {@link Refusal} 400
 */
export function parseTargetPath(raw: string): TargetPath {
  const mark = raw.indexOf('?')
  const query = mark === -1 ? '' : raw.slice(mark)
  const path = (mark === -1 ? raw : raw.slice(0, mark)).replace(/%[0-9A-Fa-f]{2}/g, decodedIfUnreserved)
  if (!pathForm.test(path) || !queryForm.test(query.slice(1))) throw refused('has characters that no URL has')
  // A slash, a backslash or a control character, for whoever decodes before they look.
  if (/%(2f|5c|[01][0-9a-f]|7f)/i.test(path)) throw refused('has an encoded slash or control character')
  // A dot or a slash in more bytes than it takes, for whoever takes it for one.
  if (path.includes('%') && !isUtf8(path)) throw refused('is not encoded in UTF-8')
  if (/%25/.test(path) && /%25(2[ef]|5c)/i.test(path)) throw refused('is encoded twice')
  const segments = path.slice(1).split('/')
  if (segments.slice(0, -1).includes('')) throw refused('has an empty segment')
  // Some servers drop what follows a semicolon before they look for dots.
  if (segments.some(segment => /^\.{1,2}(;|%3b|$)/i.test(segment))) throw refused('has a dot segment')
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

function refused(why: string): Refusal {
  return new Refusal(400, 'invalid_request', `The path ${why}.`)
}
