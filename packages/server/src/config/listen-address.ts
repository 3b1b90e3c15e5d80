import { OktaConnectError } from '@connect-okta/core'
import type { ConfigFile } from './config-file.js'

/** The address that the broker listens on. */
export interface ListenAddress {
  /** One host, or both loopback addresses of `localhost`. */
  readonly hosts: readonly string[]
  readonly port: number
  readonly isLoopback: boolean
}

/** Parses `HOST:PORT`. */
export function parseListenAddress(text: string): ListenAddress {
  const colon = text.lastIndexOf(':')
  const host = text
    .slice(0, colon)
    .replace(/^\[|\]$/g, '')
    .toLowerCase()
  const port = Number(text.slice(colon + 1))
  if (host === 'localhost') return { hosts: ['127.0.0.1', '::1'], port, isLoopback: true }
  return { hosts: [host], port, isLoopback: host === '::1' || /^127(\.\d+){3}$/.test(host) }
}

/**
 * Requires clients, encryption and an issuer for an address that other machines can reach.
 *
 * @throws {@link OktaConnectError} `options_invalid`
 */
export function requireSafe(file: ConfigFile, { isLoopback }: ListenAddress): void {
  const { listen, tls, issuer } = file
  if (tls !== undefined && issuer?.startsWith('http:')) {
    throw unsafe(
      'The issuer must be an https URL, because tls is set.',
      'For example: issuer: https://broker.example.com',
    )
  }
  if (isLoopback) return
  if (Object.keys(file.clients).length === 0) {
    throw unsafe(
      `Other machines can reach ${listen}, and the configuration lists no clients.`,
      'Add clients to the configuration.',
    )
  }
  if (file.tls === undefined && file.behindProxy === undefined) {
    throw unsafe(
      `Other machines can reach ${listen}, and secrets would be sent unencrypted.`,
      'Set tls to a certificate and its key, or behindProxy (--behind-proxy) to the proxy that terminates TLS.',
    )
  }
  if (file.issuer === undefined) {
    throw unsafe(
      `Other machines can reach ${listen}, and the configuration has no issuer.`,
      'Add the issuer: https://broker.example.com',
    )
  }
  if (!file.issuer.startsWith('https:')) {
    throw unsafe('The issuer must be an https URL.', 'For example: issuer: https://broker.example.com')
  }
}

function unsafe(message: string, hint: string): OktaConnectError {
  return new OktaConnectError('options_invalid', message, { hint })
}

/** The issuer: the configured one, or the address that the broker listens on. */
export function issuerOf({ issuer, tls }: ConfigFile, { hosts, port }: ListenAddress): string {
  if (issuer !== undefined) return new URL(issuer).origin
  const host = hosts.length > 1 ? 'localhost' : hosts[0]
  return `${tls === undefined ? 'http' : 'https'}://${host?.includes(':') ? `[${host}]` : host}:${port}`
}

/** The accepted values of the `Host` header on a loopback address; `undefined` accepts any on other addresses. */
export function allowedHosts(issuer: string, { port, isLoopback }: ListenAddress): ReadonlySet<string> | undefined {
  if (!isLoopback) return undefined
  const own = ['localhost', '127.0.0.1', '[::1]'].map(host => `${host}:${port}`)
  return new Set([...own, new URL(issuer).host])
}
