import { OktaConnectError } from '@connect-okta/core'
import type { ConfigFile } from './config-file.js'

/** Where to listen. */
export interface ListenAddress {
  /** One, or both of localhost. */
  readonly hosts: readonly string[]
  readonly port: number
  readonly isLoopback: boolean
}

/** Parses `HOST:PORT`. */
export function parseListenAddress(text: string): ListenAddress {
  const colon = text.lastIndexOf(':')
  const host = text.slice(0, colon).replace(/^\[|\]$/g, '')
  const port = Number(text.slice(colon + 1))
  if (host === 'localhost') return { hosts: ['127.0.0.1', '::1'], port, isLoopback: true }
  return { hosts: [host], port, isLoopback: host === '::1' || /^127(\.\d+){3}$/.test(host) }
}

/**
 * An address that others reach has callers, encryption and a name.
 *
 * @throws {@link OktaConnectError} `options_invalid`
 */
export function requireSafe(file: ConfigFile, { isLoopback }: ListenAddress): void {
  if (isLoopback) return
  const { listen } = file
  if (Object.keys(file.callers).length === 0) {
    throw unsafe(`At ${listen} others could reach it, and there are no callers.`, 'List callers in the configuration.')
  }
  if (file.tls === undefined && file.behindProxy === undefined) {
    throw unsafe(
      `At ${listen} others could reach it, and secrets would go over the wire as they are.`,
      'Give tls a certificate and its key, or name the proxy in front that has one: behindProxy, or --behind-proxy.',
    )
  }
  if (file.issuer === undefined) {
    throw unsafe(`At ${listen} others reach it by a name.`, 'Say by which: issuer: https://broker.example.com')
  }
  if (!file.issuer.startsWith('https:')) {
    throw unsafe('The issuer is not https.', 'Others reach it encrypted: issuer: https://broker.example.com')
  }
}

function unsafe(message: string, hint: string): OktaConnectError {
  return new OktaConnectError('options_invalid', message, { hint })
}

/** Its name for callers and browsers. */
export function issuerOf({ issuer, tls }: ConfigFile, { hosts, port }: ListenAddress): string {
  if (issuer !== undefined) return new URL(issuer).origin
  const host = hosts.length > 1 ? 'localhost' : hosts[0]
  return `${tls === undefined ? 'http' : 'https'}://${host?.includes(':') ? `[${host}]` : host}:${port}`
}

/** The host names that are answered where nobody but this machine is meant; anything else where others are. */
export function answeredHosts(issuer: string, { port, isLoopback }: ListenAddress): ReadonlySet<string> | undefined {
  if (!isLoopback) return undefined
  const own = ['localhost', '127.0.0.1', '[::1]'].map(host => `${host}:${port}`)
  return new Set([...own, new URL(issuer).host])
}
