import { DEVICE_CODE } from '../../config/options.js'
import { OauthError } from '../../http/errors.js'
import { type Check, knownApp } from '../../http/exchange.js'

/** A device may ask for codes: its app has the grant type (only native apps can: guides/device-authorization-grant). */
export const deviceGrantAllowed: Check = exchange => {
  const { grantTypes } = knownApp(exchange)
  if (grantTypes.includes(DEVICE_CODE)) return
  throw new OauthError(
    'unauthorized_client',
    `The client is not authorized to use the provided grant type. Configured grant types: [${grantTypes.join(', ')}].`,
  )
}

/**
 * A device that polls gets tokens once a person allowed it (RFC 8628 §3.5). The words for the pending answer are those
 * of guides/device-authorization-grant, those for a refusal Okta's for a person who declines; the other two are ours.
 */
export const devicePoll: Check = exchange => {
  const { form, org, server } = exchange
  if (form.get('grant_type') !== DEVICE_CODE) return
  const deviceCode = form.get('device_code')
  if (deviceCode === null) {
    throw new OauthError('invalid_request', "The token request must provide a 'device_code' value.")
  }
  const grant = org.devices.find(deviceCode)
  if (grant === undefined || grant.server !== server || grant.clientId !== knownApp(exchange).clientId) {
    throw new OauthError('invalid_grant', 'The device code is invalid or has expired.')
  }
  if (org.devices.isExpired(grant)) throw new OauthError('expired_token', 'The device code has expired.')
  if (org.devices.pollsTooSoon(grant)) {
    throw new OauthError('slow_down', `The device polls too often. Wait ${grant.intervalSeconds} seconds each time.`)
  }
  const { decision } = grant
  if (decision === undefined) {
    throw new OauthError('authorization_pending', 'The device authorization is pending. Please try again later.')
  }
  org.devices.forget(grant)
  if ('denied' in decision) {
    throw new OauthError('access_denied', 'The resource owner or authorization server denied the request.')
  }
  form.set('device_code', decision.code)
}
