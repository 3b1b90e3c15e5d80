import { type AccessToken, isOktaConnectError, type OktaSession } from '@connect-okta/core'
import { printable } from '@connect-okta/core/api'
import { accountName, isLoginOf, type Login } from '@connect-okta/core/stores'
import type { Account, TokenOptions } from '@connect-okta/core/types'
import { undefinedIfEnded } from './session-errors.js'

/** A connection, for Get-OktaContext. It contains no secrets. Times are in milliseconds since 1970. */
export interface Context {
  readonly orgUrl: string
  readonly clientId: string | null
  /** The login of the account that signed in; `null` for an app. */
  readonly account: string | null
  /** The display name of that account; `null` if Okta does not return it. */
  readonly accountName: string | null
  /** The ID of that account at Okta. */
  readonly subject: string | null
  readonly grant: string
  readonly scopes: readonly string[]
  readonly authorizationServer: string | null
  /** The broker that the tokens come from, and its connection. */
  readonly broker: string | null
  readonly connection: string | null
  /** `null` if the broker does not return the token. */
  readonly tokenType: string | null
  readonly expiresAt: number | null
}

/** The context of a saved sign-in. */
export function contextOf(login: Login): Context {
  const { orgUrl, clientId, account, grant, grantedScopes, authorizationServer, tokenType, expiresAt } = login
  return {
    orgUrl,
    clientId,
    ...accountOf(account),
    grant,
    scopes: grantedScopes.map(printable),
    authorizationServer: authorizationServer ?? null,
    broker: login.broker ?? null,
    connection: login.connection ?? null,
    tokenType,
    expiresAt: expiresAt.getTime(),
  }
}

/** The context of a session with its token; without one if the broker does not return the token. */
export function contextOfToken(session: OktaSession, token: AccessToken | undefined): Context {
  const { orgUrl, clientId = null, grant, authorizationServer = null, broker, connection = null } = session
  const { account, type = null, scopes = session.scopes, expiresAt } = token ?? {}
  return {
    orgUrl: orgUrl.origin,
    clientId,
    ...accountOf(account),
    grant,
    scopes: scopes.map(printable),
    authorizationServer,
    broker: broker?.origin ?? null,
    connection,
    tokenType: type,
    expiresAt: expiresAt?.getTime() ?? null,
  }
}

/** The token of a session; `undefined` if the broker does not return it. */
export async function tokenOf(session: OktaSession, options: TokenOptions = {}): Promise<AccessToken | undefined> {
  return await session.token(options).catch(error => {
    if (session.broker === undefined || !isOktaConnectError(error) || error.code !== 'grant_rejected') throw error
    return undefined
  })
}

/**
 * The context of a session. A static token is not stored. Other sessions have a saved sign-in: `null` if that has ended, or is of
 * another account than `subject`.
 */
export async function contextOfSession(
  session: OktaSession,
  logins: readonly Login[],
  subject: unknown,
): Promise<Context | null> {
  if (session.grant === 'api_token' || session.grant === 'access_token') {
    const token = await session.token().catch(undefinedIfEnded)
    return token === undefined ? null : contextOfToken(session, token)
  }
  const login = loginOf(session, logins, subject)
  if (login !== undefined) return contextOf(login)
  // The broker names the org with the first token.
  return session.broker === undefined ? null : contextOfToken(session, await tokenOf(session))
}

/** The saved sign-in of a session. One app may have several: one for each account, and one with its key. */
export function loginOf(session: OktaSession, logins: readonly Login[], subject: unknown): Login | undefined {
  return logins.find(
    login => isLoginOf(session, login) && (typeof subject !== 'string' || login.account?.sub === subject),
  )
}

function accountOf(account: Account | undefined): Pick<Context, 'account' | 'accountName' | 'subject'> {
  return account === undefined
    ? { account: null, accountName: null, subject: null }
    : {
        account: accountName(account),
        accountName: account.name === undefined ? null : printable(account.name),
        subject: account.sub,
      }
}
