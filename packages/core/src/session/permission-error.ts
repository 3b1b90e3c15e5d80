import type { Grant } from '../stores/token-record.js'

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

/** Whether a response is about a scope that the token lacks (RFC 6750 §3.1). */
export function isScopeError(headers: Headers): boolean {
  return /insufficient_scope/.test(headers.get('www-authenticate') ?? '')
}

/**
 * What to do about a response with the status 403. A token also has a granted scope whose admin role is missing: only the API
 * rejects it.
 */
export function permissionAdvice(headers: Headers, grant: Grant): string {
  if (isScopeError(headers)) {
    const [, scope] = /\bscope="(okta\.[\w.]{1,100})"/.exec(headers.get('www-authenticate') ?? '') ?? []
    const name = scope === undefined ? 'another scope' : `the scope ${scope}`
    return `The request requires ${name}: grant it at Applications > your app > Okta API Scopes > Grant, and request it.`
  }
  if (grant === 'client_credentials') {
    return 'Assign an admin role that allows this request to the app: Applications > your app > Admin roles > Edit assignments.'
  }
  return `Assign an admin role that allows this request to ${ownerOf(grant)}: Security > Administrators.`
}

function ownerOf(grant: Grant): string {
  switch (grant) {
    case 'api_token':
      return 'the user who created the API token'
    case 'access_token':
      return 'the user or the app of the access token'
    default:
      return 'the user who signed in'
  }
}
