import { createServer, type RequestListener, type Server } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { ClientKind, EmulatorOptions } from './config/options.js'
import { type Controls, controlsOf } from './control-panel/controls.js'
import { requestHandler } from './http/handle-request.js'
import type { LoggedRequest } from './http/request-log.js'
import { createProvider } from './oidc/create-provider.js'
import type { StaticToken } from './org/api-tokens.js'
import { describeApp, type EmulatorClient } from './org/app.js'
import type { EmulatorUser } from './org/directory.js'
import { buildOrg, type Org } from './org/org.js'

const LOOPBACK = '127.0.0.1'

/** A running emulator. */
export interface OktaEmulator extends AsyncDisposable, Controls {
  /** The origin to configure as the tenant; the issuer too. */
  readonly orgUrl: URL
  /** Where it listens: the org URL itself, unless a proxy stands in front. */
  readonly localUrl: URL
  readonly clients: readonly EmulatorClient[]
  readonly users: readonly EmulatorUser[]
  /** The static API tokens (`Authorization: SSWS …`). */
  readonly apiTokens: readonly StaticToken[]
  /**
   * Finds an app by kind: without `dpop` one that does not require DPoP, if there is one.
   *
   * @throws {Error} when the org has no such app
   */
  client(kind: ClientKind, wanted?: { readonly dpop?: boolean }): EmulatorClient
  /** What was asked of the emulator, oldest first, secrets masked. */
  readonly requests: readonly LoggedRequest[]
  clearRequests(): void
  /** Frees the port and drops every connection. May be called twice. */
  close(): Promise<void>
}

/**
 * Starts an Okta org on this machine. Many can run side by side. Those without a `seed` share their RSA keys, which are
 * generated once for each process; they share nothing else.
 *
 * @throws {Error} with `code` `EADDRINUSE` when the port is taken
 * @example
 * await using okta = await startOktaEmulator()
 * const { clientId, jwk } = okta.client('service')
 */
export async function startOktaEmulator(options: EmulatorOptions = {}): Promise<OktaEmulator> {
  let answer: RequestListener = (_request, response) => response.writeHead(503).end()
  const listener: RequestListener = (request, response) => answer(request, response)
  const server = options.tls ? createTlsServer({ ...options.tls }, listener) : createServer(listener)
  // The port comes first: it is part of the issuer, which oidc-provider must be constructed with.
  const port = await listen(server, options.port ?? 0)
  try {
    const localUrl = new URL(`${options.tls ? 'https' : 'http'}://${LOOPBACK}:${port}`)
    const org = await buildOrg(new URL(new URL(options.orgUrl ?? localUrl).origin), options)
    const renew = async () => {
      answer = await answering(org, controls)
    }
    const presence = presenceOf(server, port)
    const controls = controlsOf(org, { ...presence, renew })
    await renew()
    return handle(org, localUrl, presence.end, controls)
  } catch (error) {
    await close(server)
    throw error
  }
}

/** Hands each request to the authorization server that its path belongs to; all else is the org's own. */
async function answering(org: Org, controls: Controls): Promise<RequestListener> {
  const callbacks = await Promise.all(
    org.servers.map(async server => {
      const backend = await createProvider(org, server)
      backend.provider.use(requestHandler({ org, server, backend }, { org, controls }))
      return { base: server.base, callback: backend.provider.callback() }
    }),
  )
  const [own, ...custom] = callbacks
  return (request, response) => {
    const found = custom.find(({ base }) => request.url?.startsWith(`${base}/`)) ?? own
    return found?.callback(request, response)
  }
}

function handle(org: Org, localUrl: URL, endListening: () => Promise<void>, controls: Controls): OktaEmulator {
  const describeAll = () => [...org.apps.values()].map(describeApp)
  let closing: Promise<void> | undefined
  const closeOnce = () => {
    closing ??= endListening()
    return closing
  }
  return {
    orgUrl: org.url,
    localUrl,
    ...controls,
    get clients() {
      return describeAll()
    },
    users: org.users,
    apiTokens: org.apiTokens.all,
    client(kind, { dpop } = {}) {
      const ofKind = describeAll().filter(client => client.kind === kind)
      const found =
        ofKind.find(client => client.dpop === (dpop ?? false)) ?? (dpop === undefined ? ofKind[0] : undefined)
      if (found === undefined)
        throw new Error(`the emulated org has no ${kind} app${dpop ? ' that requires DPoP' : ''}`)
      return found
    },
    get requests() {
      return org.log.entries
    },
    clearRequests: () => org.log.clear(),
    close: closeOnce,
    [Symbol.asyncDispose]: closeOnce,
  }
}

/** How a server leaves its port and comes back to it, until it ends. */
function presenceOf(server: Server, port: number) {
  let hasEnded = false
  const leave = () => close(server)
  const comeBack = async () => {
    if (!hasEnded && !server.listening) await listen(server, port)
  }
  const end = () => {
    hasEnded = true
    return close(server)
  }
  return { leave, comeBack, end }
}

async function listen(server: Server, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, LOOPBACK, () => {
      server.off('error', reject)
      resolve()
    })
  })
  return (server.address() as AddressInfo).port
}

async function close(server: Server): Promise<void> {
  const closed = new Promise<void>(resolve => {
    server.close(() => resolve())
  })
  server.closeAllConnections()
  await closed
}
