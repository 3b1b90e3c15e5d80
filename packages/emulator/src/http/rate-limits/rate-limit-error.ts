import { ApiError } from '../errors/errors.js'
import type { Exchange } from '../exchange.js'

/**
 * The error for a request that exceeds a rate limit. All endpoints use the error format of the API (README of
 * okta-powershell-cli).
 */
export function rateLimitError(
  { ctx, org }: Pick<Exchange, 'ctx' | 'org'>,
  limits: Readonly<Record<string, string | string[]>> = {},
): ApiError {
  // RFC 9449 §8.2: the response to a request with a proof includes a nonce.
  const nonce = ctx.get('dpop') === '' ? {} : { 'dpop-nonce': org.nonces.current() }
  return new ApiError('E0000047', 'API call exceeded rate limit due to too many requests.', {
    status: 429,
    headers: { ...nonce, ...limits },
  })
}
