import { DEVICE_CODE } from '../../config/defaults.js'
import { oauthError } from '../../http/errors/oauth-errors.js'
import { type Check, requireApp } from '../../http/exchange.js'

/** The app has the device grant type, which only native apps support (guides/device-authorization-grant). */
export const deviceGrantAllowed: Check = exchange => {
  const { grantTypes } = requireApp(exchange)
  if (grantTypes.includes(DEVICE_CODE)) return
  throw oauthError('unauthorized_client', { value: grantTypes.join(', ') })
}

/** A polling device gets tokens after the user has allowed it (RFC 8628 §3.5). */
export const devicePoll: Check = exchange => {
  const { form, org, server } = exchange
  if (form.get('grant_type') !== DEVICE_CODE) return
  const deviceCode = form.get('device_code')
  if (deviceCode === null) {
    throw oauthError('missing_token_request_parameter', { value: 'device_code' })
  }
  const grant = org.devices.find(deviceCode)
  if (grant === undefined || grant.server !== server || grant.clientId !== requireApp(exchange).clientId) {
    throw oauthError('invalid_device_code')
  }
  if (org.devices.isExpired(grant)) throw oauthError('expired_token')
  if (org.devices.recordPoll(grant)) throw oauthError('slow_down')
  const { decision } = grant
  if (decision === undefined) throw oauthError('authorization_pending')
  org.devices.delete(grant)
  if ('denied' in decision) throw oauthError('access_denied')
  form.set('device_code', decision.code)
}
