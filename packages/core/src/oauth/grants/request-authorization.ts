import type { Attempt, AuthorizationCodeGrant, RequestSecrets } from '../../config/connection.js'
import type { Deps } from '../../deps.js'
import { authorizationUrl, newRequestSecrets } from './authorization-request.js'

/** What the browser came back with. */
export interface BrowserAnswer {
  readonly parameters: URLSearchParams
}

/** Shows the person an address, and waits for the answer to it. `before` is the answer to an earlier one. */
export type Ask<A extends BrowserAnswer> = (url: URL, state: string, before: A | undefined) => Promise<A>

/**
 * Asks a person to sign in; once more without `offline_access` where Okta refuses that.
 *
 * @returns the answer, not yet checked, and the secrets to check it with.
 */
export async function askPerson<A extends BrowserAnswer>(
  connection: Attempt,
  grant: AuthorizationCodeGrant,
  redirectUri: string,
  ask: Ask<A>,
  { notify }: Deps,
): Promise<{ readonly answer: A; readonly redirectUri: string; readonly secrets: RequestSecrets }> {
  const once = async (offlineAccess: boolean, before?: A) => {
    const secrets = newRequestSecrets()
    const url = await authorizationUrl(connection, { ...grant, redirectUri, offlineAccess }, secrets)
    return { answer: await ask(url, secrets.state, before), redirectUri, secrets }
  }
  const first = await once(grant.offlineAccess)
  if (errorIn(first.answer) !== 'invalid_scope' || !grant.offlineAccess) return first

  // Okta does not say which scope it refuses. Most often it is the one that the person did not ask for: an app
  // without the Refresh Token grant. So another try goes without it.
  const second = await once(false, first.answer)
  if (errorIn(second.answer) === null) {
    notify({
      code: 'offline_access_refused',
      message:
        'Okta gives no refresh token to this app: sign in again when the token has run out, or turn on Refresh Token ' +
        'at Applications > your app > General > Grant type.',
    })
  }
  return second
}

function errorIn({ parameters }: BrowserAnswer): string | null {
  return parameters.get('error')
}
