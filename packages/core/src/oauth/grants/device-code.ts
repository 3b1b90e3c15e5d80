import { deviceCodeGrantRequest, processDeviceCodeResponse } from 'oauth4webapi'
import type { Attempt, DeviceCodeGrant } from '../../config/connection.js'
import type { Deps } from '../../deps.js'
import { isOktaConnectError, OktaConnectError } from '../../errors.js'
import { sleep } from '../../http/abort.js'
import type { DpopNegotiation } from '../dpop-negotiation.js'
import { requestDeviceCode, requestToken, type TokenResponse } from '../token-endpoint.js'
import { signInScope } from './authorization-request.js'

const slowDownMs = 5_000

/**
 * Interactive without a browser on this machine: a user enters a code on another device, while this process polls the token
 * endpoint (RFC 8628). Native apps only.
 *
 * @throws {@link OktaConnectError} `login_denied`, `login_timeout`, `cancelled`; else as {@link requestToken}
 * @see https://developer.okta.com/docs/guides/device-authorization-grant/main/
 */
export async function deviceCode(
  attempt: Attempt,
  grant: DeviceCodeGrant,
  dpop: DpopNegotiation,
  deps: Deps,
): Promise<TokenResponse> {
  const code = await requestDeviceCode(attempt, signInScope(attempt, grant), deps)
  const lifetimeMs = Math.min(code.lifetimeMs, grant.timeoutMs ?? code.lifetimeMs)
  const endsAt = deps.monotonicNow() + lifetimeMs
  await deps.showDeviceCode({ ...code, expiresAt: new Date(deps.now() + lifetimeMs) })

  for (let intervalMs = code.intervalMs; ; ) {
    await sleep(Math.min(intervalMs, endsAt - deps.monotonicNow()), attempt.signal)
    if (deps.monotonicNow() >= endsAt) throw timeoutError()
    try {
      return await requestToken(
        attempt,
        {
          send: (server, client, authentication, options) =>
            deviceCodeGrantRequest(server, client, authentication, code.deviceCode, options),
          read: processDeviceCodeResponse,
          // The next poll is the next attempt.
          retry: { maxAttempts: 1, maxDurationMs: 0, retriesNetworkErrors: false },
        },
        dpop,
        deps,
      )
    } catch (error) {
      intervalMs += slowDownAfter(error)
    }
  }
}

// RFC 8628 §3.5: after some errors the client continues to poll. All others end the sign-in.
function slowDownAfter(error: unknown): number {
  if (!isOktaConnectError(error)) throw error
  switch (error.oauth?.error ?? error.code) {
    case 'authorization_pending':
      return 0
    case 'slow_down':
    case 'network_failed':
      return slowDownMs
    case 'expired_token':
      throw timeoutError()
    default:
      if (error.code === 'server_failed' || error.code === 'rate_limited') return slowDownMs
      throw error
  }
}

function timeoutError(): OktaConnectError {
  return new OktaConnectError('login_timeout', 'The code expired before the user entered it.', {
    hint: 'Try again, and enter the code at the URL that is shown.',
  })
}
