/** Okta's error code for a missing scope or admin role. */
export const permissionErrorCode = 'E0000006'

/** Whether a response with the status 403 is about a permission. Okta also responds so to a wrong passcode (E0000068). */
export async function isPermissionError(response: Response): Promise<boolean> {
  const text = await response
    .clone()
    .text()
    .catch(() => '')
  const [, errorCode] = /"errorCode"\s*:\s*"(\w+)"/.exec(text) ?? []
  return errorCode === undefined || errorCode === permissionErrorCode
}
