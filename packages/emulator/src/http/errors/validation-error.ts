import { ApiError } from './errors.js'

/** The error for invalid input (`E0000001`). */
export function validationError(subject: string, ...causes: readonly string[]): ApiError {
  return new ApiError('E0000001', `Api validation failed: ${subject}`, { causes })
}

/** The error for an action that the status of the user does not allow. */
export function wrongStatus(): ApiError {
  return new ApiError('E0000038', "This operation is not allowed in the user's current status.", { status: 403 })
}
