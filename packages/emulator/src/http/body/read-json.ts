import { ApiError } from '../errors/errors.js'
import type { Exchange } from '../exchange.js'

/**
 * Returns the JSON object in the body of a request.
 *
 * @throws {ApiError} for another media type, and for a body that is not a JSON object
 */
export function readJson({ ctx, jsonText = '' }: Exchange): Readonly<Record<string, unknown>> {
  if (!ctx.is('json')) {
    throw new ApiError(
      'E0000021',
      'Bad request.  Accept and/or Content-Type headers likely do not match supported values.',
    )
  }
  const value = parse(jsonText)
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value }
  throw new ApiError('E0000003', 'The request body was not well-formed.')
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
