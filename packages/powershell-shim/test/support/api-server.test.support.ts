import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

/** An org that accepts every API token, and responds as a test defines. */
export async function startApi(respond: (request: IncomingMessage, response: ServerResponse, body: string) => void) {
  const server = createServer(async (request, response) => {
    const body = await text(request)
    if (request.url === '/api/v1/users/me') response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
    else respond(request, response, body)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const tenant = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return { tenant, [Symbol.asyncDispose]: () => new Promise<void>(resolve => void server.close(() => resolve())) }
}

/** Connects to that org, whose URL is `$given.tenant`. */
export const connectToApi = `Connect-Okta -Tenant $given.tenant -ApiToken ([Net.NetworkCredential]::new('', 'any-token').SecurePassword)`
