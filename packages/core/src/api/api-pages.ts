import { OktaConnectError, optionsInvalid } from '../errors.js'
import type { OktaSession } from '../session/okta-session.js'
import { type ApiRequest, checkApiRequest } from './api-request.js'
import { type ApiCallOptions, type ApiResponse, callApi, requireSuccess, requireWholeBody } from './call-api.js'

// RFC 8288 §3
const linkPattern = /<([^>]*)>((?:\s*;\s*[^\s=;,"<>]+(?:\s*=\s*(?:"(?:[^"\\]|\\.)*"|[^\s;,"<>]*))?)*)/g
const parameterPattern = /;\s*([^\s=;,"<>]+)(?:\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;,"<>]*)))?/g

/**
 * Requests a page and all pages after it. It follows the `next` link of each page (RFC 8288 §3).
 *
 * @throws {@link OktaConnectError} `options_invalid` for a method other than GET; what {@link callApi} throws; `api_failed`,
 * `rate_limited`, `server_failed` for a page that fails, or for a link to another origin or to a page that was already read.
 * @example
 * for await (const { body } of apiPages(session, { method: 'GET', path: '/api/v1/users?limit=200' })) {
 *   for (const user of JSON.parse(String(body.start))) console.log(user.profile.login)
 * }
 */
export async function* apiPages(
  session: OktaSession,
  request: ApiRequest,
  options: ApiCallOptions = {},
): AsyncGenerator<ApiResponse, void> {
  if (checkApiRequest(request).method !== 'GET') throw optionsInvalid('Only GET requests can be paginated.', 'Use GET.')
  const read = new Set<string>()
  for (let path: string | undefined = request.path; path !== undefined; ) {
    const page: ApiResponse = requireSuccess(await callApi(session, { ...request, path }, options))
    await requireWholeBody(page, session, 'Request fewer items at a time, such as limit=100.')
    yield page
    const current = new URL(path, session.orgUrl)
    read.add(withoutFragment(current))
    path = nextPage(page, current, session, read)
  }
}

function nextPage(
  { headers }: ApiResponse,
  current: URL,
  { orgUrl }: OktaSession,
  read: ReadonlySet<string>,
): string | undefined {
  const links = [...(headers.get('link') ?? '').matchAll(linkPattern)]
  const next = links.find(([, , parameters = '']) => relationsOf(parameters).includes('next'))?.[1]
  if (next === undefined) return undefined
  if (!URL.canParse(next, current.href)) throw badLink('is not a URL')
  const url = new URL(next, current)
  // The token is sent only to the org.
  if (url.origin !== orgUrl.origin) throw badLink(`leads to ${url.origin}, which is not the org`)
  if (read.has(withoutFragment(url))) throw badLink('leads to a page that was read before')
  return url.href
}

// RFC 8288 §3.3: the value of the first `rel` is a list of relation types.
function relationsOf(parameters: string): readonly string[] {
  for (const [, name = '', quoted, plain = ''] of parameters.matchAll(parameterPattern)) {
    if (name.toLowerCase() === 'rel') return (quoted ?? plain).toLowerCase().split(/\s+/)
  }
  return []
}

// RFC 9110 §7.1: a request does not include it.
function withoutFragment({ href }: URL): string {
  return href.replace(/#.*/s, '')
}

function badLink(what: string): OktaConnectError {
  return new OktaConnectError('server_failed', `The link to the next page ${what}.`, {
    hint: 'The result is not complete. Get the rest with another request.',
  })
}
