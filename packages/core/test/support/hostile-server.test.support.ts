import { generateKeyPairSync } from 'node:crypto'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect } from 'vitest'
import { connect, type Deps, OktaConnectError, type OktaSession } from '../../src/index.js'
import { listLogins } from '../../src/session/logins.js'
import { createMemoryStore } from '../../src/stores/memory-store.js'

const servers: Server[] = []

/** For `afterAll` of the file that started them. */
export function stopServers(): void {
  for (const server of servers.splice(0)) server.close().closeAllConnections()
}

export const jsonWebKey = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' })

/** Starts a server that gives every request this answer, and returns its origin. */
export async function startServer(answer: RequestListener): Promise<string> {
  const server = createServer(answer)
  servers.push(server)
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** Connects to a server that gives every request this answer. */
export async function connectTo(answer: RequestListener, deps: Partial<Deps>, options = {}): Promise<OktaSession> {
  return await connect({ tenant: await startServer(answer), clientId: '0oa1', jsonWebKey, ...options }, deps)
}

/** With what the attempt fails; that it leaves no login is checked too. */
export async function failureFrom(answer: RequestListener, options = {}): Promise<OktaConnectError> {
  const store = createMemoryStore()
  const attempt = connectTo(answer, { store }, options)
  const failure: unknown = await attempt.then(
    () => expect.unreachable('it was taken for a token'),
    error => error,
  )
  expect(await listLogins({ store })).toEqual([])
  if (!(failure instanceof OktaConnectError)) throw failure
  return failure
}

export const json = (status: number, body: unknown, headers = {}): RequestListener => {
  return (_request, response) =>
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))
}

export const token = {
  access_token: 'a-secret-token',
  token_type: 'Bearer',
  expires_in: 3600,
  scope: 'okta.users.manage',
}
