import type { Attempt } from '../../config/connection.js'
import type { Deps } from '../../deps.js'
import { isOktaConnectError, OktaConnectError } from '../../errors.js'
import { sleep, withEitherSignal } from '../../http/abort.js'
import { boundedFetch } from '../../http/bounded-fetch.js'
import { classifyOAuthError } from '../oauth-error.js'
import { checkAuthorization } from './check-authorization.js'
import { notAnOrg, orgMetadataUrl } from './okta-org.js'

/** Most users who have a session at Okta are back before. The others look at a sign-in page, or at an error page. */
const checkAfterMs = 10_000

/**
 * Waits until a user has signed in, or until it is certain that no one can: Okta then shows an error page in the browser, and
 * nothing returns to this program. It delays no sign-in: the checks run while the browser opens.
 *
 * @param wait gets a signal that fires when the wait is over.
 * @throws {@link OktaConnectError} why no one can sign in; else what `wait` throws
 */
export async function waitForUser<T>(
  attempt: Attempt,
  redirectUri: string,
  signal: AbortSignal,
  deps: Deps,
  wait: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const end = new AbortController()
  return await withEitherSignal(end.signal, signal, async either => {
    const { beforeRequest: _lock, ...unlocked } = attempt
    const user = wait(either)
    const checks = throwIfImpossible({ ...unlocked, signal: either }, redirectUri, deps)
    try {
      return await Promise.race([user, checks.then(() => user)])
    } finally {
      end.abort()
    }
  })
}

async function throwIfImpossible(attempt: Attempt, redirectUri: string, deps: Deps): Promise<void> {
  const problem = await findOrgProblem(attempt, deps)
  if (problem !== 'missing') await sleep(checkAfterMs, attempt.signal)
  const check = await checkAuthorization(attempt, redirectUri, deps).catch(error => {
    if (problem === 'unresolved' && codeOf(error) === unresolved) throw error
  })
  // Whether access is denied depends on the user.
  if (check?.outcome === 'rejected' && check.error.code !== 'login_denied') throw check.error
  if (check?.outcome === 'unclear' && check.status === 404) throw serverMissing(attempt, problem === 'missing')
}

// The name server does not respond: this may pass while the user signs in.
const unresolved = 'EAI_AGAIN'

// A server in front of the org may not have this URL: only a second response decides.
async function findOrgProblem(attempt: Attempt, deps: Deps): Promise<'missing' | 'unresolved' | undefined> {
  try {
    const response = await boundedFetch(deps.fetch, attempt)(orgMetadataUrl(attempt.orgUrl).href, {})
    return response.status === 404 ? 'missing' : undefined
  } catch (error) {
    if (isPermanent(error)) throw error
    return codeOf(error) === unresolved ? 'unresolved' : undefined
  }
}

// This program could not exchange the code either. Other errors may pass while the user signs in.
function isPermanent(error: unknown): boolean {
  if (!isOktaConnectError(error)) return true
  if (error.code !== 'network_failed') return error.code === 'tls_untrusted' || error.code === 'options_invalid'
  return ['ENOTFOUND', 'ECONNREFUSED'].includes(String(codeOf(error)))
}

// Of the system, such as ENOTFOUND.
function codeOf(error: unknown): unknown {
  return Object(Object(error).cause).code
}

function serverMissing(attempt: Attempt, isOrgMissing: boolean): OktaConnectError {
  const { endpoints, login, orgUrl } = attempt
  if (isOrgMissing || login.authorizationServer === undefined) return notAnOrg(orgUrl, 404)
  const { code, ...advice } = classifyOAuthError({ error: 'E0000007', description: '', status: 404 }, attempt)
  return new OktaConnectError(code, `There is no authorization server at ${endpoints.issuer} (HTTP 404).`, advice)
}
