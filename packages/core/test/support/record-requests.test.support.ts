/** A request that {@link recordRequests} recorded. */
export interface RecordedRequest {
  readonly url: URL
  readonly body: URLSearchParams
  readonly headers: Headers
}

/** Returns a `fetch` for `Deps` and the list of the requests that it sent. */
export function recordRequests(): { readonly requests: readonly RecordedRequest[]; readonly fetch: typeof fetch } {
  const requests: RecordedRequest[] = []
  return {
    requests,
    fetch: async (input, init) => {
      requests.push({
        url: new URL(String(input)),
        body: new URLSearchParams(String(init?.body ?? '')),
        headers: new Headers(init?.headers),
      })
      return await fetch(input, init)
    },
  }
}
