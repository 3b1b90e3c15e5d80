import type { Dispatcher } from 'undici'
import { RequestTimeout } from './request-timeout.js'

type Variables = Readonly<Record<string, string | undefined>>

/** A request through a proxy failed, at the proxy or behind it. */
export class ProxyFailure extends Error {
  /** Host and port of the proxy. */
  readonly proxy: string
  /** How the proxy wants clients to authenticate, if it rejected this one (RFC 9110 §11.7.1). */
  readonly schemes: readonly string[]

  constructor(proxy: URL, cause: unknown, schemes: readonly string[] = []) {
    super('the request through a proxy failed', { cause })
    this.proxy = proxy.host
    this.schemes = schemes
  }
}

const dispatchers = new Map<string, Promise<Dispatcher>>()

/**
 * Returns a `fetch` that uses the proxy that the environment names for the URL, and also trusts the certificate authorities in
 * `SSL_CERT_FILE`. Node's own `fetch` supports neither; it trusts those in `NODE_EXTRA_CA_CERTS` by itself.
 *
 * @param variables returns the environment variables; called for each request.
 *
 * @throws {@link OktaConnectError} later: `options_invalid` for a proxy that is not a URL, or a file that cannot be read;
 * {@link ProxyFailure}; else as `fetch`
 */
export function proxyFetch(fetch: typeof globalThis.fetch, variables: () => Variables): typeof globalThis.fetch {
  return async (input, init) => {
    const current = variables()
    const target = new URL(input instanceof Request ? input.url : input)
    const proxy = await proxyFor(target, current)
    const dispatcher = await dispatcherFor(proxy, authorityFilesFrom(current))
    if (dispatcher === undefined) return await fetch(input, init)
    try {
      return await fetch(input, { ...init, dispatcher } as object)
    } catch (error) {
      const { signal } = init ?? {}
      if (proxy === undefined || (signal?.aborted && !(signal.reason instanceof RequestTimeout))) throw error
      throw new ProxyFailure(proxy, error, isAuthenticationRequired(error) ? await schemesOf(proxy, target) : [])
    }
  }
}

async function proxyFor(target: URL, variables: Variables): Promise<URL | undefined> {
  if (target.protocol !== 'https:' || !hasProxy(variables)) return undefined
  // Loaded when it is needed: most programs use no proxy.
  return (await import('./proxy-settings.js')).proxyFor(target, variables)
}

function hasProxy({ https_proxy, HTTPS_PROXY, all_proxy, ALL_PROXY }: Variables): boolean {
  return Boolean(https_proxy || HTTPS_PROXY || all_proxy || ALL_PROXY)
}

// Requests share a dispatcher, and so its connections.
async function dispatcherFor(proxy: URL | undefined, authorities: readonly string[]): Promise<Dispatcher | undefined> {
  if (proxy === undefined && authorities.length === 0) return undefined
  const settings = JSON.stringify([proxy?.href, authorities])
  const dispatcher = dispatchers.get(settings) ?? newDispatcher(proxy, authorities)
  dispatcher.catch(() => dispatchers.delete(settings))
  dispatchers.set(settings, dispatcher)
  return await dispatcher
}

async function newDispatcher(proxy: URL | undefined, authorities: readonly string[]): Promise<Dispatcher> {
  // They take long to load, and a cached token does not need them.
  const [{ Agent, ProxyAgent }, { rootCertificates }, { readAuthorities }] = await Promise.all([
    import('undici'),
    import('node:tls'),
    import('./certificate-authorities.js'),
  ])
  const additional = await Promise.all(authorities.map(readAuthorities))
  const ca = [...rootCertificates, ...additional]
  if (proxy === undefined) return new Agent({ connect: { ca } })
  return new ProxyAgent({ uri: proxy.href, ...(additional.length > 0 && { requestTls: { ca }, proxyTls: { ca } }) })
}

// A file that both variables name is trusted by Node already.
function authorityFilesFrom({ SSL_CERT_FILE, NODE_EXTRA_CA_CERTS }: Variables): readonly string[] {
  if (!SSL_CERT_FILE || SSL_CERT_FILE === NODE_EXTRA_CA_CERTS) return []
  return NODE_EXTRA_CA_CERTS ? [SSL_CERT_FILE, NODE_EXTRA_CA_CERTS] : [SSL_CERT_FILE]
}

// undici reports the status of the proxy only in a message.
function isAuthenticationRequired(error: unknown): boolean {
  return statusOfProxy(error) === '407'
}

/** Returns the HTTP status with which a proxy rejected a tunnel, if it did. */
export function statusOfProxy(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined
  return /\((\d{3})\)/.exec(error.message)?.[1] ?? statusOfProxy(error.cause)
}

const schemes = new Map<string, Promise<readonly string[]>>()

// undici does not report the header, so this sends the CONNECT request again, once and without credentials.
function schemesOf(proxy: URL, target: URL): Promise<readonly string[]> {
  const found = schemes.get(proxy.origin) ?? requestSchemes(proxy, target)
  schemes.set(proxy.origin, found)
  return found
}

async function requestSchemes(proxy: URL, target: URL): Promise<readonly string[]> {
  const { request } = await import(proxy.protocol === 'https:' ? 'node:https' : 'node:http')
  return await new Promise(resolve => {
    const path = `${target.hostname}:${target.port || '443'}`
    const connect = request(proxy.origin, { method: 'CONNECT', path, signal: AbortSignal.timeout(2_000) })
    const end = (header: string | undefined) => {
      connect.destroy()
      resolve(
        (header ?? '')
          .split(',')
          .map(part => part.trim().split(' ')[0] ?? '')
          .filter(Boolean),
      )
    }
    connect
      .on('connect', ({ headers }: { headers: Record<string, string | undefined> }) =>
        end(headers['proxy-authenticate']),
      )
      .on('error', () => end(undefined))
      .end()
  })
}
