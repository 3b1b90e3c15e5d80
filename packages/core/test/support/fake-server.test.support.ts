import { generateKeyPairSync } from 'node:crypto'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect } from 'vitest'
import { connect, type Deps, OktaConnectError, type OktaSession } from '../../src/index.js'
import { listLogins } from '../../src/session/logins.js'
import { createMemoryStore } from '../../src/stores/memory-store.js'

const servers: Server[] = []

/** Stops every server that {@link startFakeServer} started. */
export function stopFakeServers(): void {
  for (const server of servers.splice(0)) server.close().closeAllConnections()
}

export const jsonWebKey = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' })

/** Starts an HTTP server with this listener and returns its origin. */
export async function startFakeServer(listener: RequestListener): Promise<string> {
  const server = createServer(listener)
  servers.push(server)
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** Starts a server with this listener and connects to it. */
export async function connectToFakeServer(
  listener: RequestListener,
  deps: Partial<Deps>,
  options = {},
): Promise<OktaSession> {
  return await connect({ tenant: await startFakeServer(listener), clientId: '0oa1', jsonWebKey, ...options }, deps)
}

/** Returns the error of a connection to a server with this listener. Checks that no sign-in is stored. */
export async function connectErrorFrom(listener: RequestListener, options = {}): Promise<OktaConnectError> {
  const store = createMemoryStore()
  const error: unknown = await connectToFakeServer(listener, { store }, options).then(
    () => expect.unreachable('the connection succeeded'),
    caught => caught,
  )
  expect(await listLogins({ store })).toEqual([])
  if (!(error instanceof OktaConnectError)) throw error
  return error
}

/** Returns a listener that responds with JSON. */
export const jsonResponse = (status: number, body: unknown, headers = {}): RequestListener => {
  return (_request, response) =>
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))
}

/** The body of a valid token response. */
export const tokenResponse = {
  access_token: 'a-secret-token',
  token_type: 'Bearer',
  expires_in: 3600,
  scope: 'okta.users.manage',
}
