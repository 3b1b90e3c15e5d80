import type { IncomingMessage } from 'node:http'

/**
 * Why a request may not use the switchboard; undefined when it may. It is for this machine alone, and not for web pages
 * of others that a browser on it shows: neither by a name that leads here (DNS rebinding) nor by a form of theirs.
 */
export function whyRefused({ socket, headers, method = 'GET' }: IncomingMessage): string | undefined {
  if (!/^(::ffff:)?127\.|^::1$/.test(socket.remoteAddress ?? '')) return 'The switchboard is for this machine alone.'
  if (headers['x-forwarded-for'] !== undefined || headers.forwarded !== undefined) {
    return 'The switchboard is not there for requests that come through a proxy.'
  }
  const host = headers.host ?? ''
  if (!/^(localhost|127(\.\d+){3}|\[::1\])(:\d+)?$/i.test(host)) {
    return 'Call the switchboard by localhost or 127.0.0.1.'
  }
  if (method === 'GET' || method === 'HEAD') return undefined
  const { origin } = headers
  const isOwn = origin === undefined || (URL.canParse(origin) && new URL(origin).host === host.toLowerCase())
  const site = headers['sec-fetch-site'] ?? 'none'
  if (!isOwn || !['none', 'same-origin'].includes(String(site)))
    return 'The switchboard takes no requests of other sites.'
  return undefined
}
