interface GrantAndCredentials {
  readonly broker?: unknown
  readonly grant?: unknown
  readonly key?: unknown
  readonly jsonWebKey?: unknown
  readonly signer?: unknown
  readonly managedKeys?: unknown
  readonly clientSecret?: unknown
  readonly apiToken?: unknown
  readonly accessToken?: unknown
}

/**
 * Returns whether a connection works without a user. This depends on the grant, or if there is none, on the credential. A broker
 * needs no user.
 *
 * @param options the options of {@link connect}, the settings of a profile, or a part of either.
 * @example
 * isHeadless({ jsonWebKey }) // true: by client credentials
 */
export function isHeadless(options: GrantAndCredentials): boolean {
  const { broker, grant, key, jsonWebKey, signer, managedKeys, clientSecret, apiToken, accessToken } = options
  if (broker !== undefined) return true
  if (grant !== undefined) return grant === 'client_credentials' || grant === 'api_token' || grant === 'access_token'
  return (key ?? jsonWebKey ?? signer ?? managedKeys ?? clientSecret ?? apiToken ?? accessToken) !== undefined
}
