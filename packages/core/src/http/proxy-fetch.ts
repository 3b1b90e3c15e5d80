import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { Dispatcher } from 'undici'
import { optionsInvalid } from '../errors.js'
import { unreadableSecret } from '../files/unreadable-secret.js'

type Variables = Readonly<Record<string, string | undefined>>

/** A request through a proxy failed, on the way to it or behind it. */
export class ProxyFailure extends Error {
  /** Host and port of the proxy. */
  readonly proxy: string

  constructor(proxy: URL, cause: unknown) {
    super('the request went through a proxy and failed', { cause })
    this.proxy = proxy.host
  }
}

let opened: { readonly by: string; readonly dispatcher: Promise<Dispatcher> } | undefined

/**
 * As the global `fetch`, on the way that the environment names: through `HTTPS_PROXY` but for the hosts in `NO_PROXY`,
 * trusting the authorities in `SSL_CERT_FILE` too. Node's own `fetch` knows neither; the authorities in
 * `NODE_EXTRA_CA_CERTS` it trusts by itself. Plain HTTP is for this machine alone, and takes no proxy.
 *
 * @throws {@link OktaConnectError} `options_invalid` for a proxy that is no URL, or a file that cannot be read;
 * {@link ProxyFailure}; else as `fetch` does.
 */
export async function fetchOnTheWay(
  fetch: typeof globalThis.fetch,
  variables: Variables,
  input: string | URL | Request,
  init: RequestInit | undefined,
): Promise<Response> {
  const proxy = proxyIn(variables)
  const authorities = authorityFilesIn(variables)
  if (proxy === undefined && authorities.length === 0) return await fetch(input, init)

  const noProxy = (variables.no_proxy ?? variables.NO_PROXY ?? '').trim()
  const by = JSON.stringify([proxy?.href, authorities, noProxy])
  // One for all requests: it keeps connections.
  if (opened?.by !== by) opened = { by, dispatcher: open(proxy, authorities, noProxy) }
  const dispatcher = await opened.dispatcher
  try {
    return await fetch(input, { ...init, dispatcher } as object)
  } catch (error) {
    throw proxy === undefined || init?.signal?.aborted ? error : new ProxyFailure(proxy, error)
  }
}

async function open(proxy: URL | undefined, authorities: readonly string[], noProxy: string): Promise<Dispatcher> {
  // Both take their time, which a token at hand must not cost.
  const [{ EnvHttpProxyAgent }, { rootCertificates }] = await Promise.all([import('undici'), import('node:tls')])
  const given = await Promise.all(authorities.map(readAuthorities))
  // Whoever names some of their own trusts the usual ones all the same.
  const ca = [...rootCertificates, ...given]
  const tls = given.length === 0 ? {} : { connect: { ca }, requestTls: { ca }, proxyTls: { ca } }
  return new EnvHttpProxyAgent({ httpProxy: '', httpsProxy: proxy?.href ?? '', noProxy, ...tls })
}

/**
 * The proxy that the environment names for HTTPS.
 *
 * @throws {@link OktaConnectError} `options_invalid`
 */
export function proxyIn({ https_proxy, HTTPS_PROXY }: Variables): URL | undefined {
  const text = (https_proxy ?? HTTPS_PROXY ?? '').trim()
  if (text === '') return undefined
  const isUrl = /^https?:\/\//i.test(text) && URL.canParse(text)
  if (isUrl) return new URL(text)
  // Not repeated: there may be a password in it.
  throw optionsInvalid('The proxy in HTTPS_PROXY is not a URL.', 'Give it as http://proxy.example:3128.')
}

// Where both variables name one file, Node trusts it already.
function authorityFilesIn({ SSL_CERT_FILE, NODE_EXTRA_CA_CERTS }: Variables): readonly string[] {
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
