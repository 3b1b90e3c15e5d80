import type { Connection } from '../config/connection.js'
import type { OAuthErrorDetails } from '../errors.js'

/** Masks the secret of the client in an error response: a server may repeat a value of the request. */
export function withoutSecret<T extends OAuthErrorDetails | undefined>(
  details: T,
  { authentication }: Pick<Connection, 'authentication'>,
): T {
  if (details === undefined || authentication.method !== 'client_secret_post') return details
  const masked = (text: string) => text.replaceAll(authentication.secret, '***')
  return { ...details, error: masked(details.error), description: masked(details.description) }
}
