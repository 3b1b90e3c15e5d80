import type { Connection } from '../../config/connection.js'
import type { Deps } from '../../deps.js'
import { isOktaConnectError } from '../../errors.js'
import { resolveEndpoints } from '../../oauth/discovery.js'
import type { TokenRecord } from '../../stores/token-record.js'

/** Revokes the tokens of a sign-in that was removed. If that fails, a notice reports it. */
export async function revokeLogin(record: TokenRecord, connection: Connection, deps: Deps): Promise<void> {
  try {
    await revoke(record, connection, deps)
  } catch (error) {
    if (!isOktaConnectError(error)) throw error
    deps.notify({
      code: 'revocation_failed',
      message: `The token was removed here, but not revoked at ${connection.broker === undefined ? 'Okta' : 'the broker'}: ${error.message}`,
    })
  }
}

async function revoke({ accessToken, refreshToken }: TokenRecord, connection: Connection, deps: Deps): Promise<void> {
  const { revokeToken } = await import('../../oauth/token-endpoint.js')
  const endpoints = await resolveEndpoints(connection, undefined, deps)
  const attempt = { ...connection, endpoints, signal: undefined, forceLogin: false }
  // The refresh token first, because it can get new access tokens.
  if (refreshToken !== undefined) await revokeToken(attempt, { token: refreshToken, kind: 'refresh_token' }, deps)
  await revokeToken(attempt, { token: accessToken, kind: 'access_token' }, deps)
}
