import type { IncomingMessage } from 'node:http'
import { isLoopbackHost } from '../http/loopback-host.js'

/**
 * Returns why a request may not use the control panel, or undefined when it may. Only this machine has access, and no web
 * page of another site in its browser, neither by DNS rebinding nor by a cross-site form.
 */
export function accessDeniedReason({ socket, headers, method = 'GET' }: IncomingMessage): string | undefined {
  if (!/^(::ffff:)?127\.|^::1$/.test(socket.remoteAddress ?? ''))
    return 'The control panel is only available on this machine.'
  if (headers['x-forwarded-for'] !== undefined || headers.forwarded !== undefined) {
    return 'The control panel is not available through a proxy.'
  }
  const host = headers.host ?? ''
  if (!isLoopbackHost(host)) {
    return 'Open the control panel at localhost or 127.0.0.1.'
  }
  if (method === 'GET' || method === 'HEAD') return undefined
  const { origin } = headers
  const isSameOrigin = origin === undefined || (URL.canParse(origin) && new URL(origin).host === host.toLowerCase())
  const site = headers['sec-fetch-site'] ?? 'none'
  if (!isSameOrigin || !['none', 'same-origin'].includes(String(site)))
    return 'The control panel does not accept requests from other sites.'
  return undefined
}
