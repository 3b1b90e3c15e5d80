import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { Dispatcher } from 'undici'
import { optionsInvalid } from '../errors.js'
import { unreadableSecret } from '../files/unreadable-secret.js'

type Variables = Readonly<Record<string, string | undefined>>

/** A request through a proxy failed, at the proxy or behind it. */
export class ProxyFailure extends Error {
  /** Host and port of the proxy. */
  readonly proxy: string

  constructor(proxy: URL, cause: unknown) {
    super('the request through a proxy failed', { cause })
    this.proxy = proxy.host
  }
}

let current: { readonly settings: string; readonly dispatcher: Promise<Dispatcher> } | undefined

/**
 * Returns a `fetch` that uses the proxy in `HTTPS_PROXY`, except for the hosts in `NO_PROXY`, and also trusts the certificate
 * authorities in `SSL_CERT_FILE`. Node's own `fetch` supports neither; it trusts those in `NODE_EXTRA_CA_CERTS` by itself.
 * Plain HTTP, which is for this machine only, uses no proxy.
 *
 * @param variables returns the environment variables; called for each request.
 *
 * @throws {@link OktaConnectError} later: `options_invalid` for a proxy that is not a URL, or a file that cannot be read;
 * {@link ProxyFailure}; else as `fetch`
 */
export function proxyFetch(fetch: typeof globalThis.fetch, variables: () => Variables): typeof globalThis.fetch {
  return async (input, init) => {
    const dispatcher = await dispatcherFor(variables())
    if (dispatcher === undefined) return await fetch(input, init)
    const proxy = proxyFrom(variables())
    try {
      return await fetch(input, { ...init, dispatcher } as object)
    } catch (error) {
      throw proxy === undefined || init?.signal?.aborted ? error : new ProxyFailure(proxy, error)
    }
  }
}

async function dispatcherFor(variables: Variables): Promise<Dispatcher | undefined> {
  const proxy = proxyFrom(variables)
  const authorities = authorityFilesFrom(variables)
  if (proxy === undefined && authorities.length === 0) return undefined
  const noProxy = (variables.no_proxy ?? variables.NO_PROXY ?? '').trim()
  const settings = JSON.stringify([proxy?.href, authorities, noProxy])
  // All requests share one dispatcher, and so its connections.
  if (current?.settings !== settings) current = { settings, dispatcher: newDispatcher(proxy, authorities, noProxy) }
  return await current.dispatcher
}

async function newDispatcher(
  proxy: URL | undefined,
  authorities: readonly string[],
  noProxy: string,
): Promise<Dispatcher> {
  // Both take long to load, and a cached token does not need them.
  const [{ EnvHttpProxyAgent }, { rootCertificates }] = await Promise.all([import('undici'), import('node:tls')])
  const additional = await Promise.all(authorities.map(readAuthorities))
  const ca = [...rootCertificates, ...additional]
  const tls = additional.length === 0 ? {} : { connect: { ca }, requestTls: { ca }, proxyTls: { ca } }
  return new EnvHttpProxyAgent({ httpProxy: '', httpsProxy: proxy?.href ?? '', noProxy, ...tls })
}

/**
 * Returns the proxy that the environment names for HTTPS.
 *
 * @throws {@link OktaConnectError} `options_invalid`
 */
export function proxyFrom({ https_proxy, HTTPS_PROXY }: Variables): URL | undefined {
  const text = (https_proxy ?? HTTPS_PROXY ?? '').trim()
  if (text === '') return undefined
  const isUrl = /^https?:\/\//i.test(text) && URL.canParse(text)
  if (isUrl) return new URL(text)
  // The text is not shown, because it may contain a password.
  throw optionsInvalid('The proxy in HTTPS_PROXY is not a URL.', 'Use the form http://proxy.example:3128.')
}

// A file that both variables name is trusted by Node already.
function authorityFilesFrom({ SSL_CERT_FILE, NODE_EXTRA_CA_CERTS }: Variables): readonly string[] {
  if (!SSL_CERT_FILE || SSL_CERT_FILE === NODE_EXTRA_CA_CERTS) return []
  return NODE_EXTRA_CA_CERTS ? [SSL_CERT_FILE, NODE_EXTRA_CA_CERTS] : [SSL_CERT_FILE]
}

async function readAuthorities(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    throw unreadableSecret('file of certificates (SSL_CERT_FILE, NODE_EXTRA_CA_CERTS)', path, resolve(path), error)
  }
}
