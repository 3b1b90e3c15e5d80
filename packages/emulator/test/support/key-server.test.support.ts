import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, generateKeyPair, type JWK } from 'jose'

/** An HTTP server that publishes the public keys of an app. */
export interface KeyServer extends AsyncDisposable {
  readonly url: string
  /** How many times the keys were fetched. */
  readonly fetches: number
  /** Publishes the public halves of these keys. */
  publish(...keys: readonly JWK[]): void
  /** Responds in another way. */
  respond(listener: RequestListener): void
}

/** Starts a server on this machine that publishes no keys. */
export async function startKeyServer(): Promise<KeyServer> {
  let fetches = 0
  let respond: RequestListener = (_request, response) => response.writeHead(404).end()
  const server = createServer((request, response) => {
    fetches += 1
    respond(request, response)
  })
  await new Promise<void>(resolve => {
    server.listen(0, '127.0.0.1', resolve)
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks.json`,
    get fetches() {
      return fetches
    },
    publish(...keys) {
      const body = JSON.stringify({ keys: keys.map(({ d: _private, ...key }) => key) })
      respond = (_request, response) => response.setHeader('content-type', 'application/json').end(body)
    },
    respond(listener) {
      respond = listener
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise(resolve => {
        server.close(resolve)
      })
    },
  }
}

/** Generates an EC key with a `kid`. */
export async function ecKey(kid: string): Promise<JWK> {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true })
  return { ...(await exportJWK(privateKey)), alg: 'ES256', use: 'sig', kid }
}
