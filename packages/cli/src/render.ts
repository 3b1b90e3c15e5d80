import { errorCatalogue, isOktaConnectError, type Login } from '@connect-okta/core'
import type { Terminal } from './terminal.js'

/** Says what went wrong on stderr and returns the exit code for it. */
export function renderFailure(error: unknown, terminal: Terminal, asJson: boolean): number {
  if (isOktaConnectError(error)) {
    if (asJson) terminal.say(JSON.stringify({ error: error.toJSON() }))
    else terminal.say(`error: ${error.message}\n  ${error.hint}\n  (${error.code})`)
    return errorCatalogue[error.code].exitCode
  }
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error)
  terminal.say(`error: a bug in connect-okta. Please report it with these lines:\n${message}`)
  return 1
}

/** One login, in a line for people. */
export function renderLogin(login: Login, now: number): string {
  const { orgUrl, clientId, grant, tokenType, grantedScopes, scopes, expiresAt } = login
  const missing = scopes.filter(scope => !grantedScopes.includes(scope))
  return [
    `${login.isCurrent ? '*' : ' '} ${new URL(orgUrl).host}`,
    clientId,
    `${grant.replaceAll('_', ' ')}, ${tokenType}`,
    `${grantedScopes.join(' ')}${missing.length > 0 ? ` (without ${missing.join(' ')})` : ''}`,
    renderExpiry(expiresAt, now),
  ].join('  ')
}

/** When a token ends: the time left, to the minute. */
export function renderExpiry(expiresAt: Date, now: number): string {
  const minutes = Math.floor((expiresAt.getTime() - now) / 60_000)
  if (minutes < 0) return 'expired'
  return minutes < 1 ? 'expires in less than a minute' : `expires in ${minutes} min`
}
