import type { AccessToken, Login, OktaSession } from '@connect-okta/core'

/** What is connected, for people: no secret in it. Times are milliseconds since 1970. */
export interface Context {
  readonly orgUrl: string
  readonly clientId: string | null
  readonly grant: string
  readonly scopes: readonly string[]
  readonly authorizationServer: string | null
  readonly tokenType: string
  readonly expiresAt: number | null
  readonly isCurrent: boolean
}

/** A stored login. */
export function contextOf(login: Login): Context {
  const { orgUrl, clientId, grant, grantedScopes, authorizationServer, tokenType, expiresAt, isCurrent } = login
  return {
    orgUrl,
    clientId,
    grant,
    scopes: grantedScopes,
    authorizationServer: authorizationServer ?? null,
    tokenType,
    expiresAt: expiresAt.getTime(),
    isCurrent,
  }
}

/** A session with a token in hand. */
export function contextOfToken(session: OktaSession, { type, scopes, expiresAt }: AccessToken): Context {
  const { orgUrl, clientId = null, grant, authorizationServer = null } = session
  const facts = { orgUrl: orgUrl.origin, clientId, grant, scopes, authorizationServer, isCurrent: true }
  return { ...facts, tokenType: type, expiresAt: expiresAt?.getTime() ?? null }
}

/** A session: of a static API token, which no store knows, or the stored login that it is about; `null` if that has ended. */
export function contextOfSession(session: OktaSession, logins: readonly Login[]): Context | null {
  const { orgUrl, clientId, grant, scopes, authorizationServer } = session
  if (clientId === undefined) {
    const unknown = { clientId: null, scopes: [], authorizationServer: null, expiresAt: null }
    return { ...unknown, orgUrl: orgUrl.origin, grant, tokenType: 'SSWS', isCurrent: true }
  }
  const isSame = (login: Login) =>
    login.orgUrl === orgUrl.origin &&
    login.authorizationServer === authorizationServer &&
    login.clientId === clientId &&
    login.scopes.join(' ') === scopes.join(' ')
  const login = logins.find(isSame)
  return login === undefined ? null : { ...contextOf(login), isCurrent: true }
}

/** A session that another process has ended meanwhile. */
export function contextWithoutStore(session: OktaSession): Context {
  const { orgUrl, clientId = null, grant, scopes } = session
  const facts = { orgUrl: orgUrl.origin, clientId, grant, scopes, authorizationServer: null, isCurrent: true }
  return { ...facts, tokenType: '', expiresAt: null }
}
