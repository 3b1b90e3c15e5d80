import { ApiError } from '../http/errors/errors.js'

const INTEGER = /^[+-]?\d{1,10}$/
const MAX_INT32 = 2_147_483_647

/**
 * Reads a `limit` parameter. A limit above the maximum is reduced to it. Which errors Okta sends is inferred from its list of
 * error codes.
 *
 * @param text the parameter. Undefined: the default
 * @throws {ApiError} if it is not an integer of 32 bits, or below the minimum
 */
export function parseLimit(
  text: string | undefined,
  { defaultLimit, maxLimit, minLimit = 1 }: { defaultLimit: number; maxLimit: number; minLimit?: number },
): number {
  if (text === undefined) return defaultLimit
  const limit = Number(text)
  if (!INTEGER.test(text) || Math.abs(limit) > MAX_INT32) {
    throw new ApiError('E0000037', 'Type mismatch exception.  limit', { status: 400 })
  }
  if (limit < minLimit) {
    throw new ApiError('E0000001', 'Api validation failed: RequestParams', {
      status: 400,
      causes: [`limit: must be at least ${minLimit}`],
    })
  }
  return Math.min(limit, maxLimit)
}
