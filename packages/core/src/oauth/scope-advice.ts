import type { Connection } from '../config/connection.js'
import { defaultScopes } from '../config/default-scopes.js'
import { nearest } from '../config/nearest.js'
import { oktaScopes } from '../config/okta-scopes.js'
import type { Remedy } from '../remedy.js'

/** What to do about scopes that the server rejected. */
export interface ScopeAdvice {
  readonly hint: string
  readonly remedy?: Remedy
}

export const omitServer = 'Omit the authorization server: only the org authorization server has okta.* scopes.'

// OpenID Connect Core §5.4, §11 and Okta's own ones for sign-ins.
const signInScopes = new Set([
  'openid',
  'profile',
  'email',
  'address',
  'phone',
  'groups',
  'offline_access',
  'device_sso',
])

/** Returns the most likely reason why a server rejects the scopes of a connection. */
export function scopeAdvice({ login: { scopes, authorizationServer }, grant }: Connection): ScopeAdvice {
  const list = (some: readonly string[]) => some.join(' ')
  const forOkta = scopes.filter(scope => scope.startsWith('okta.'))
  const forSignIn = scopes.filter(scope => signInScopes.has(scope))
  const custom = scopes.filter(scope => !forOkta.includes(scope) && !forSignIn.includes(scope))
  if (authorizationServer !== undefined && forOkta.length > 0) {
    const rest = custom.length === 0 ? '' : ` Request ${list(custom)} in a separate token.`
    return { hint: `${omitServer}${rest}`, remedy: { id: 'omit_authorization_server' } }
  }
  if (grant === 'client_credentials' && forSignIn.length > 0) {
    return { hint: `Remove ${list(forSignIn)}: client credentials cannot request sign-in scopes.` }
  }
  if (authorizationServer !== undefined) {
    return {
      hint:
        `Add ${list(custom)} at Security > API > Authorization Servers > ${authorizationServer} > Scopes, and allow it in a ` +
        'rule of its access policies.',
    }
  }
  const wildcard = scopes.find(scope => scope.includes('*'))
  if (wildcard !== undefined)
    return { hint: `Scopes have no wildcards. Replace ${wildcard} with each scope that you need.` }
  const misspelt = [...forOkta, ...custom].find(scope => nearScope(scope) !== undefined)
  if (misspelt !== undefined) return { hint: `Okta has no scope ${misspelt}. Did you mean ${nearScope(misspelt)}?` }
  if (custom.length > 0) {
    return {
      hint: `Only a custom authorization server can define ${list(custom)}. Specify the ID of the server that defines it.`,
      remedy: { id: 'set_authorization_server' },
    }
  }
  const advice = `Grant ${list(scopes)} at Applications > your app > Okta API Scopes > Grant`
  if (list(scopes) !== list(defaultScopes)) return { hint: `${advice}.` }
  return { hint: `${advice}, or request scopes that the app has. Default: ${list(defaultScopes)}.` }
}

function nearScope(scope: string): string | undefined {
  if (oktaScopes.includes(scope)) return undefined
  return nearest(scope, oktaScopes) ?? nearest(`okta.${scope}`, oktaScopes, 1)
}
