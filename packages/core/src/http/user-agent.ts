// The builds replace it with the version of this package. It is not defined if the source runs without a build, as in tests.
declare const CORE_VERSION: string | undefined

/** The `user-agent` of every request (RFC 9110 §10.1.5), which the System Log of the org shows. */
export const userAgent = `connect-okta/${typeof CORE_VERSION === 'undefined' ? 'source' : CORE_VERSION}`

/** Returns the headers of a request with a `user-agent`. One that the caller has set stays. */
export function withUserAgent(init: RequestInit['headers']): Headers {
  const headers = new Headers(init)
  if (!headers.has('user-agent')) headers.set('user-agent', userAgent)
  return headers
}
