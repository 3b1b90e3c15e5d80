import { DEVICE_CODE } from '../../config/options.js'
import { OauthError } from '../../http/errors.js'
import { type Check, requireApp } from '../../http/exchange.js'

/** The app has the device grant type, which only native apps support (guides/device-authorization-grant). */
export const deviceGrantAllowed: Check = exchange => {
  const { grantTypes } = requireApp(exchange)
  if (grantTypes.includes(DEVICE_CODE)) return
  throw new OauthError(
    'unauthorized_client',
    `The client is not authorized to use the provided grant type. Configured grant types: [${grantTypes.join(', ')}].`,
  )
}

/**
 * A polling device gets tokens after the user has allowed it (RFC 8628 §3.5). The message of `authorization_pending` is from
 * guides/device-authorization-grant, and that of `access_denied` is Okta's for a user who declines. The messages of
 * `slow_down` and `expired_token` are the emulator's own.
 */
export const devicePoll: Check = exchange => {
  const { form, org, server } = exchange
  if (form.get('grant_type') !== DEVICE_CODE) return
  const deviceCode = form.get('device_code')
  if (deviceCode === null) {
    throw new OauthError('invalid_request', "The token request must provide a 'device_code' value.")
  }
  const grant = org.devices.find(deviceCode)
  if (grant === undefined || grant.server !== server || grant.clientId !== requireApp(exchange).clientId) {
    throw new OauthError('invalid_grant', 'The device code is invalid or has expired.')
  }
  if (org.devices.isExpired(grant)) throw new OauthError('expired_token', 'The device code has expired.')
  if (org.devices.recordPoll(grant)) {
    throw new OauthError(
      'slow_down',
      `The device is polling too frequently. Wait ${grant.intervalSeconds} seconds between requests.`,
    )
  }
  const { decision } = grant
  if (decision === undefined) {
    throw new OauthError('authorization_pending', 'The device authorization is pending. Please try again later.')
  }
  org.devices.delete(grant)
  if ('denied' in decision) {
    throw new OauthError('access_denied', 'The resource owner or authorization server denied the request.')
  }
  form.set('device_code', decision.code)
}
