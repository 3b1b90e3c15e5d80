import type { Login } from '@connect-okta/core/stores'
import { accountLabel } from './account-label.js'
import { wrapWords } from './text/wrap-words.js'

/**
 * Renders a sign-in: on one line, or on several if that is too long.
 *
 * @param columns the maximum length of a line.
 */
export function renderLogin(login: Login, now: number, columns: number): string {
  const {
    orgUrl,
    broker,
    connection,
    clientId,
    grant,
    tokenType,
    grantedScopes,
    scopes,
    expiresAt,
    authorizationServer,
    account,
  } = login
  const missing = scopes.filter(scope => !grantedScopes.includes(scope))
  const which = [
    `${login.isCurrent ? '*' : ' '} ${new URL(orgUrl).host}`,
    ...(broker === undefined ? [] : [`through ${new URL(broker).host}`]),
    ...(connection === undefined ? [] : [connection]),
    ...(authorizationServer === undefined ? [] : [authorizationServer]),
    ...(account === undefined ? [] : [accountLabel(account)]),
    clientId,
  ]
  const how = `${grant.replaceAll('_', ' ')}, ${tokenType}`
  const what = `${grantedScopes.join(' ')}${missing.length > 0 ? ` (without ${missing.join(' ')})` : ''}`
  const until = expiresAt.getTime() < now ? `expired, ${renewal(login)}` : renderExpiry(expiresAt, now)
  const line = [...which, how, what, until].join('  ')
  if (line.length <= columns) return line
  return wrapWords(`${which.join('  ')}\n    ${what}\n    ${how}, ${until}`, columns)
}

function renewal({ isRenewable, needsCredential }: Login): string {
  if (!isRenewable) return 'sign in again'
  return needsCredential ? 'renewed with the key or secret' : 'renewed when it is used'
}

/** The time until a token expires, in minutes. */
export function renderExpiry(expiresAt: Date, now: number): string {
  const minutes = Math.floor((expiresAt.getTime() - now) / 60_000)
  if (minutes < 0) return 'expired'
  return minutes < 1 ? 'expires in less than a minute' : `expires in ${minutes} min`
}
