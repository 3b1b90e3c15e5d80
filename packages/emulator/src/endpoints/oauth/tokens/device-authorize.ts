import { type Exchange, requireApp } from '../../../http/exchange.js'
import { DEVICE_CODE_SECONDS } from '../../../org/tokens/device-grants.js'

/** `POST /oauth2/v1/device/authorize` (RFC 8628 §3.2): the device code, the user code and the verification URI. */
export function deviceAuthorize(exchange: Exchange): void {
  const { ctx, form, backend, org, server } = exchange
  const grant = org.devices.create({
    clientId: requireApp(exchange).clientId,
    scope: form.get('scope') ?? '',
    nonce: form.get('nonce') ?? undefined,
    server,
    backend,
  })
  const activate = new URL('/activate', org.url)
  ctx.body = {
    device_code: grant.deviceCode,
    user_code: grant.userCode,
    verification_uri: activate.href,
    verification_uri_complete: `${activate}?user_code=${grant.userCode}`,
    expires_in: DEVICE_CODE_SECONDS,
    interval: grant.intervalSeconds,
  }
}
