const tokensByResponse = new WeakMap<Response, ReadonlySet<string>>()

/** Records which access tokens were sent for a response: the server may repeat them in it. */
export function recordSentTokens(response: Response, tokens: ReadonlySet<string>): Response {
  tokensByResponse.set(response, tokens)
  return response
}

/** The access tokens that were sent for a response of `session.fetch`, to mask them in its error. */
export function sentTokensOf(response: Response): readonly string[] {
  return [...(tokensByResponse.get(response) ?? [])]
}
