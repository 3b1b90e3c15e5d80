import type { ConnectOptions, OAuthOptions } from '../config/connect-options.js'
import { isHeadless } from '../config/is-headless.js'
import { parseOptions } from '../config/parse-options.js'
import { connect } from '../connect.js'
import type { Deps } from '../deps.js'
import { isOktaConnectError } from '../errors.js'
import { meaningOf } from '../oauth/oauth-error.js'
import { printable } from '../safe-text.js'
import { createMemoryStore } from '../stores/memory-store.js'
import { beginSignIn } from '../web-sign-in.js'
import { type Finding, failure, failureOf, ok, skipped, warning } from './finding.js'

const check = 'app'

/** Looks whether the org takes the app: connects as a program, or asks for a person's sign-in without showing it. */
export async function checkApp(options: Partial<ConnectOptions>, deps: Deps): Promise<Finding> {
  if (!('apiToken' in options) && !('clientId' in options)) return skipped(check, 'No client id is given.')
  try {
    return isHeadless(options)
      ? await tryToConnect(options as ConnectOptions, deps)
      : await askSilently(options as OAuthOptions, deps)
  } catch (error) {
    if (isOktaConnectError(error) && error.code === 'cancelled') throw error
    return failureOf(check, error)
  }
}

async function tryToConnect(options: ConnectOptions, deps: Deps): Promise<Finding> {
  const missing: string[] = []
  const session = await connect(options, {
    ...deps,
    store: createMemoryStore(),
    notify: ({ code, message }) => void (code === 'scope_missing' && missing.push(message)),
  })
  const { type } = await session.token()
  await session.disconnect()
  const [message] = missing
  if (message !== undefined) return warning(check, message, 'Grant the scopes that are missing.')
  if (type === 'SSWS') return ok(check, 'The org knows the API token.')
  return ok(check, `The app ${session.clientId} gets ${type} tokens for ${session.scopes.join(' ')}.`)
}

// prompt=none: Okta judges the request, and answers without asking anybody (OpenID Connect Core §3.1.2.1).
async function askSilently(options: OAuthOptions, deps: Deps): Promise<Finding> {
  const { connection } = await parseOptions({ ...options, grant: 'authorization_code' } as OAuthOptions)
  const { runnable } = connection
  const [redirectUri = ''] = runnable.type === 'authorization_code' ? runnable.redirectUris : []
  if (options.grant === 'device_code') return skipped(check, 'Whether an app may use device codes shows at the login.')
  const { authorizationUrl } = await beginSignIn({ ...options, grant: 'authorization_code', redirectUri }, deps)
  authorizationUrl.searchParams.set('prompt', 'none')
  const answer = await deps.fetch(authorizationUrl, {
    redirect: 'manual',
    signal: AbortSignal.timeout(connection.requestTimeoutMs),
  })
  await answer.body?.cancel()
  const location = answer.headers.get('location') ?? ''
  if (!location.startsWith(redirectUri)) {
    return failure(
      check,
      `The org takes no sign-in for ${options.clientId} that comes back to ${redirectUri} (HTTP ${answer.status}).`,
      `Check the client id, and register exactly ${redirectUri} at Applications > your app > General > Sign-in redirect URIs.`,
    )
  }
  const parameters = new URL(location).searchParams
  const details = {
    error: printable(parameters.get('error')),
    description: printable(parameters.get('error_description')),
    status: answer.status,
  }
  // What a person would answer to.
  if (['', 'login_required', 'interaction_required', 'consent_required'].includes(details.error)) {
    return ok(check, `The org takes sign-ins for ${options.clientId} that come back to ${redirectUri}.`)
  }
  const [, hint] = meaningOf(details, connection)
  return failure(check, `The org refuses the sign-in: ${details.description || details.error}`, hint)
}
