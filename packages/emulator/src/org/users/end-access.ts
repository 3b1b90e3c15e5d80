import type { Org } from '../org.js'

/** Ends all sessions of a user, in the browser and on the `/activate` page. */
export function endSessions(org: Org, userId: string): void {
  org.sessions.destroyWhere(({ accountId }) => accountId === userId)
  for (const [cookie, id] of org.deviceSessions) if (id === userId) org.deviceSessions.delete(cookie)
}

/** Revokes all tokens of a user. */
export function revokeTokens(org: Org, userId: string): void {
  for (const { tokens } of org.servers) tokens.destroyWhere(({ accountId }) => accountId === userId)
}
