/** The scopes of a connection whose options have none. */
export const defaultScopes = ['okta.users.manage']
