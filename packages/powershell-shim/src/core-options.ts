import { parseList } from '@connect-okta/core/profiles'

/** The options of the core for the parameters of a cmdlet. A file with a passphrase ends with a line end. */
export function coreOptions(given: Record<string, unknown>): Record<string, unknown> {
  const { keyPassphrase, redirectUri, ...options } = given
  return {
    ...options,
    ...(Array.isArray(redirectUri) && { redirectUri: redirectUri.flatMap(parseList) }),
    ...(typeof keyPassphrase === 'string' && { passphrase: keyPassphrase.replace(/(\r\n?|\n)$/, '') }),
  }
}
