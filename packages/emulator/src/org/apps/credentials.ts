import type { Clock } from '../clock.js'
import type { Random } from '../random.js'

/** A client secret of an app (guides/client-secret-rotation-key). */
export interface SavedSecret {
  readonly id: string
  readonly value: string
  readonly status: 'ACTIVE' | 'INACTIVE'
  readonly created: Date
  readonly lastUpdated: Date
}

/** A scope that is granted to an app. */
export interface ScopeGrant {
  readonly id: string
  readonly scopeId: string
  readonly created: Date
}

interface Context {
  readonly clock: Clock
  readonly random: Random
}

/** Gives a client secret an ID and the current time. */
export function savedSecret(
  value: string,
  { clock, random }: Context,
  status: SavedSecret['status'] = 'ACTIVE',
): SavedSecret {
  const now = new Date(clock.now())
  return { id: random.id('ocs'), value, status, created: now, lastUpdated: now }
}

/** Grants scopes. Those that were granted before keep their IDs. */
export function grantScopes(
  scopes: readonly string[],
  previous: readonly ScopeGrant[],
  { clock, random }: Context,
): readonly ScopeGrant[] {
  const created = new Date(clock.now())
  return [...new Set(scopes)].map(
    scopeId => previous.find(grant => grant.scopeId === scopeId) ?? { id: random.id('oag'), scopeId, created },
  )
}
