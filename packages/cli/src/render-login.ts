import type { Login } from '@connect-okta/core'

/** One login, in a line for people. */
export function renderLogin(login: Login, now: number): string {
  const { orgUrl, clientId, grant, tokenType, grantedScopes, scopes, expiresAt, authorizationServer } = login
  const missing = scopes.filter(scope => !grantedScopes.includes(scope))
  return [
    `${login.isCurrent ? '*' : ' '} ${new URL(orgUrl).host}`,
    ...(authorizationServer === undefined ? [] : [authorizationServer]),
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
