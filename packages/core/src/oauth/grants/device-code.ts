import { deviceCodeGrantRequest, processDeviceCodeResponse } from 'oauth4webapi'
import type { Attempt, DeviceCodeGrant } from '../../config/connection.js'
import type { Deps } from '../../deps.js'
import { isOktaConnectError, OktaConnectError } from '../../errors.js'
import { sleep } from '../../http/abort.js'
import type { DpopNegotiation } from '../dpop-negotiation.js'
import { requestDeviceCode, requestToken, type TokenAnswer } from '../token-endpoint.js'
import { signInScope } from './authorization-request.js'

const slowerByMs = 5_000

/**
 * Interactive without a browser on this machine: a person enters a code elsewhere, while we ask whether they have
 * (RFC 8628). Native apps only.
 *
 * @throws {@link OktaConnectError} `login_denied`, `login_timeout`, `cancelled`; else as {@link requestToken} does.
 * @see https://developer.okta.com/docs/guides/device-authorization-grant/main/
 */
export async function deviceCode(
  connection: Attempt,
  wanted: DeviceCodeGrant,
  dpop: DpopNegotiation,
  deps: Deps,
): Promise<TokenAnswer> {
  const code = await requestDeviceCode(connection, signInScope(connection, wanted), deps)
  const lifetimeMs = Math.min(code.lifetimeMs, wanted.timeoutMs ?? code.lifetimeMs)
  const endsAt = deps.monotonicNow() + lifetimeMs
  await deps.showDeviceCode({ ...code, expiresAt: new Date(deps.now() + lifetimeMs) })

  for (let intervalMs = code.intervalMs; ; ) {
    await sleep(Math.min(intervalMs, endsAt - deps.monotonicNow()), connection.signal)
    if (deps.monotonicNow() >= endsAt) throw timedOut()
    try {
      return await requestToken(
        connection,
        {
          send: (server, client, authentication, options) =>
            deviceCodeGrantRequest(server, client, authentication, code.deviceCode, options),
          read: processDeviceCodeResponse,
          // The next poll is the next try.
          patience: { tries: 1, withinMs: 0, repeatsLost: false },
        },
        dpop,
        deps,
      )
    } catch (error) {
      intervalMs += slowerBy(error)
    }
  }
}

// RFC 8628 §3.5: some answers only mean that the person is not done yet. All others end the wait.
function slowerBy(error: unknown): number {
  if (!isOktaConnectError(error)) throw error
  switch (error.oauth?.error ?? error.code) {
    case 'authorization_pending':
      return 0
    case 'slow_down':
    case 'network_failed':
      return slowerByMs
    case 'expired_token':
      throw timedOut()
    default:
      if (error.code === 'server_failed' || error.code === 'rate_limited') return slowerByMs
      throw error
  }
}

function timedOut(): OktaConnectError {
  return new OktaConnectError('login_timeout', 'Nobody entered the code before it ran out.', {
    hint: 'Try again, and enter the code at the address that is shown.',
  })
}
