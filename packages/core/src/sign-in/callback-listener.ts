import type { IncomingMessage, ServerResponse } from 'node:http'
import { orAborted } from '../http/abort.js'
import type { Notify } from '../notice.js'
import { printable } from '../safe-text.js'
import { type CallbackPage, callbackHeaders, renderCallbackPage } from './callback-page.js'
import { closeAll, listenAtFirstFree } from './loopback-servers.js'

/** A callback: the request with which the browser returns from Okta. The browser waits for the response. */
export interface Callback {
  readonly parameters: URLSearchParams
  /** Redirects the browser to Okta again. */
  redirect(url: URL): Promise<void>
  /** Shows the page that ends the sign-in. */
  show(page: CallbackPage): Promise<void>
}

/** An HTTP server at a redirect URI. */
export interface CallbackListener {
  /** The one whose port was free, as it is registered. */
  readonly redirectUri: string
  /**
   * Waits for the callback with a `state`. The browser shows a notice for callbacks with another one.
   *
   * @throws {@link OktaConnectError} `cancelled`
   */
  callbackFor(state: string): Promise<Callback>
  /** How many callbacks had another `state`. */
  readonly unmatchedCallbacks: number
  /** Why the last callback at another address was rejected. */
  readonly misdirected: string | undefined
}

const maxResponseMs = 2_000
const unmatchedPage: CallbackPage = {
  outcome: 'notice',
  title: 'This response is not for the current sign-in',
  text: 'It is from an earlier sign-in, or the page was reloaded. Close this page and continue with the current sign-in.',
}

/**
 * Runs an HTTP server at the first redirect URI whose port is free while `use` runs, on every loopback address that a browser
 * may choose (RFC 8252 §7.3, §8.3). Another program at one of the addresses could receive the code: then the port counts as in
 * use.
 *
 * @param redirectUris each `http:` on `localhost`, `127.0.0.1` or `[::1]`, with the port that is registered with the app.
 * @throws {@link OktaConnectError} `callback_port_in_use`, `cancelled`, and what `use` throws
 */
export async function withCallbackListener<T>(
  redirectUris: readonly string[],
  signal: AbortSignal | undefined,
  use: (listener: CallbackListener) => Promise<T>,
  notify: Notify = () => {},
): Promise<T> {
  let misdirected: string | undefined
  let waiting: { state: string; take(callback: Callback): void } | undefined
  let unmatchedCallbacks = 0

  const reportMisdirected = (message: string): CallbackPage => {
    if (misdirected !== message) notify({ code: 'callback_misdirected', message })
    misdirected = message
    return { outcome: 'notice', title: 'Wrong redirect URI', text: message }
  }

  const onRequest = (redirectUri: URL) => (request: IncomingMessage, response: ServerResponse) => {
    const { host = '' } = request.headers
    // Not resolved against the redirect URI: a path such as // would be parsed as a host.
    if (!request.url?.startsWith('/')) return end(response, 400)
    const url = new URL(`${redirectUri.origin}${request.url}`)
    // Only the browser of this sign-in knows its state. Others get no page, and are not reported.
    const isCallback = waiting !== undefined && url.searchParams.get('state') === waiting.state
    if (host !== redirectUri.host) {
      if (!isCallback) return end(response, 400)
      return show(response, 400, reportMisdirected(otherAddress(`host ${host}`, redirectUri)))
    }
    if (url.pathname !== redirectUri.pathname) {
      if (!isCallback) return end(response, 404)
      return show(response, 404, reportMisdirected(otherAddress('path', redirectUri)))
    }
    if (request.method !== 'GET') return end(response, 405, { allow: 'GET' })
    const state = url.searchParams.get('state')
    if (waiting === undefined || state !== waiting.state) {
      if (state !== null) unmatchedCallbacks += 1
      return show(response, 400, unmatchedPage)
    }
    const { take } = waiting
    // The first valid callback is used. A repeated one counts as unmatched.
    waiting = undefined
    take({
      parameters: url.searchParams,
      redirect: async target => void (await end(response, 302, { location: target.href })),
      show: page => show(response, page.outcome === 'failure' ? 400 : 200, page),
    })
  }

  const onTls = (redirectUri: URL) => {
    reportMisdirected(
      `The browser used https for ${redirectUri.host}, but the redirect URI is ${redirectUri.href}. The browser forces https ` +
        'on localhost: delete localhost in its HSTS settings, or replace https with http in the address bar.',
    )
  }

  const { servers, redirectUri } = await listenAtFirstFree(redirectUris, { onRequest, onTls })
  try {
    const listener: CallbackListener = {
      redirectUri,
      callbackFor: state =>
        orAborted(
          new Promise(take => {
            waiting = { state, take }
          }),
          signal,
        ),
      get unmatchedCallbacks() {
        return unmatchedCallbacks
      },
      get misdirected() {
        return misdirected
      },
    }
    return await use(listener)
  } finally {
    closeAll(servers)
  }
}

// The host comes from the request.
function otherAddress(part: string, redirectUri: URL): string {
  return (
    `The browser was redirected to another ${printable(part).slice(0, 100)}, but the redirect URI is ${redirectUri.href}. Use ` +
    'exactly this redirect URI, with its port, or sign in by pasting the callback URL.'
  )
}

async function show(response: ServerResponse, status: number, page: CallbackPage): Promise<void> {
  await finish(response.writeHead(status, callbackHeaders), renderCallbackPage(page))
}

async function end(response: ServerResponse, status: number, headers: Record<string, string> = {}): Promise<void> {
  await finish(response.writeHead(status, { ...callbackHeaders, ...headers }), '')
}

// Resolves when the browser has received it or has disconnected. A browser that does not read must not delay the sign-in.
async function finish(response: ServerResponse, body: string): Promise<void> {
  if (response.destroyed) return
  await new Promise<void>(resolve => {
    const timer = setTimeout(resolve, maxResponseMs)
    response.once('close', () => {
      clearTimeout(timer)
      resolve()
    })
    response.end(body)
  })
}
