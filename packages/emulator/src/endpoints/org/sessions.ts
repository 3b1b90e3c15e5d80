import type { AdapterPayload } from 'oidc-provider'
import { resourceNotFound } from '../../http/errors/errors.js'
import { logEvent, userAsEntity } from '../../http/events.js'
import { type Exchange, pathParameter } from '../../http/exchange.js'
import type { User } from '../../org/users/user.js'

const SESSION_MS = 2 * 60 * 60 * 1000

/** `GET /api/v1/sessions/me`: the session of the cookie. auth-js asks for it. */
export async function currentSession(exchange: Exchange): Promise<void> {
  const session = await cookieSession(exchange)
  exchange.ctx.body = sessionJson(exchange, session, 'me')
}

/** `DELETE /api/v1/sessions/me`: ends the session of the cookie. */
export async function endCurrentSession(exchange: Exchange): Promise<void> {
  end(exchange, await cookieSession(exchange))
  exchange.ctx.cookies.set('sid', null)
}

/** `GET /api/v1/sessions/{sessionId}`. */
export function oneSession(exchange: Exchange): void {
  exchange.ctx.body = sessionJson(exchange, requestedSession(exchange), pathParameter(exchange, 'sessionId'))
}

/** `POST /api/v1/sessions/{sessionId}/lifecycle/refresh`: the session lasts for two hours from now. */
export function refreshSession(exchange: Exchange): void {
  const { session } = requestedSession(exchange)
  exchange.org.sessions.extend('Session', String(session.jti), SESSION_MS / 1000)
  oneSession(exchange)
}

/** `DELETE /api/v1/sessions/{sessionId}`. */
export function deleteSession(exchange: Exchange): void {
  end(exchange, requestedSession(exchange))
}

interface UserSession {
  readonly session: AdapterPayload
  readonly user: User
}

async function cookieSession(exchange: Exchange): Promise<UserSession> {
  const { ctx, backend } = exchange
  const { jti } = await backend.provider.Session.get(ctx)
  return find(exchange, 'me', exchange.org.sessions.find('Session', jti))
}

/** The ID of a session is its `uid`, since the value of the cookie is a secret. */
function requestedSession(exchange: Exchange): UserSession {
  const id = pathParameter(exchange, 'sessionId')
  return find(
    exchange,
    id,
    exchange.org.sessions.findWhere('Session', ({ uid }) => uid === id),
  )
}

function find({ org }: Exchange, id: string, session: AdapterPayload | undefined): UserSession {
  const user = org.activeUser(session?.accountId)
  if (session === undefined || user === undefined) throw resourceNotFound(id, 'AppSession')
  return { session, user }
}

function end(exchange: Exchange, { session, user }: UserSession): void {
  exchange.org.sessions.destroy('Session', String(session.jti))
  logEvent(exchange, 'user.session.end', { actor: userAsEntity(user) })
  exchange.ctx.body = null
  exchange.ctx.status = 204
}

function sessionJson({ org }: Exchange, { session, user }: UserSession, id: string): object {
  const createdAt = new Date(Number(session.loginTs ?? session.iat) * 1000)
  const self = new URL(`/api/v1/sessions/${id}`, org.url).href
  return {
    id: session.uid,
    userId: user.id,
    login: user.profile.login,
    createdAt: createdAt.toISOString(),
    expiresAt: new Date(Number(session.exp) * 1000).toISOString(),
    status: 'ACTIVE',
    lastPasswordVerification: createdAt.toISOString(),
    lastFactorVerification: null,
    amr: ['pwd'],
    idp: { id: org.id, type: 'OKTA' },
    mfaActive: false,
    _links: {
      self: { href: self, hints: { allow: ['GET', 'DELETE'] } },
      refresh: { href: `${self}/lifecycle/refresh`, hints: { allow: ['POST'] } },
      user: { name: 'User Name', href: new URL(`/api/v1/users/${user.id}`, org.url).href, hints: { allow: ['GET'] } },
    },
  }
}
