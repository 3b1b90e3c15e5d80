import type { Subject } from '@connect-okta/core'
import { decodeJwt } from 'jose'

/** Who an ID token is about. It was checked when it came from Okta (OpenID Connect Core §3.1.3.7). */
export function subjectOf(idToken: string | undefined): Subject | undefined {
  if (idToken === undefined) return undefined
  const { sub, preferred_username, email } = decodeJwt(idToken)
  const text = (value: unknown) => (typeof value === 'string' ? value : undefined)
  return sub === undefined ? undefined : { sub, preferredUsername: text(preferred_username), email: text(email) }
}
