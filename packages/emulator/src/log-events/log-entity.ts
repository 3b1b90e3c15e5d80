/** An actor or a target of an event. */
export interface LogEntity {
  readonly id: string
  readonly type: string
  readonly alternateId: string
  readonly displayName: string
  readonly detailEntry: object | null
}

/** A user as actor or target. */
export function userEntity({
  id,
  login,
  firstName,
  lastName,
}: {
  readonly id: string
  readonly login: string
  readonly firstName: string
  readonly lastName: string
}): LogEntity {
  return entity('User', id, `${firstName} ${lastName}`.trim(), login)
}

/** A group as target. */
export function groupEntity({ id, name }: { readonly id: string; readonly name: string }): LogEntity {
  return entity('UserGroup', id, name)
}

/** An app as target of a change. */
export function appEntity({ id, label }: { readonly id: string; readonly label: string }): LogEntity {
  return entity('AppInstance', id, label, label)
}

/** An app as actor: the client of a token request, or a service app that calls the API. */
export function clientEntity({ id, label }: { readonly id: string; readonly label: string }): LogEntity {
  return entity('PublicClientApp', id, label, id)
}

/** A token as target. The ID identifies the token in the log: never pass the token itself. */
export function tokenEntity(type: 'access_token' | 'id_token' | 'refresh_token', id: string): LogEntity {
  const names = { access_token: 'Access Token', id_token: 'ID Token', refresh_token: 'Refresh Token' }
  return entity(type, id, names[type])
}

/** An enrolled factor as target. */
export function factorEntity({ id, displayName }: { readonly id: string; readonly displayName: string }): LogEntity {
  return entity('AuthenticatorEnrollment', id, displayName)
}

/** Any other actor or target, for example of the type `AuthorizationServer` or `TrustedOrigin`. */
export function entity(type: string, id: string, displayName: string, alternateId = 'unknown'): LogEntity {
  return { id, type, alternateId, displayName, detailEntry: null }
}
