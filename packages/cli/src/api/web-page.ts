import type { ApiRequest, ApiResponse } from '@connect-okta/core/api'

/** What {@link isWebPage} means for the user. */
export const webPage = {
  message: 'The response is an HTML page, not a response of the Okta API.',
  hint: 'Check the path, and whether a proxy or a sign-in page of the network responded instead of Okta.',
}

/** Returns whether a successful response is HTML, although JSON was requested. A gateway before Okta sends such pages. */
export function isWebPage({ status, headers }: ApiResponse, request: ApiRequest): boolean {
  const isHtml = /^text\/html/i.test(headers.get('content-type') ?? '')
  return status < 300 && isHtml && /json/.test(request.headers?.accept ?? '')
}
