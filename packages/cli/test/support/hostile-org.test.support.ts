import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { onTestFinished } from 'vitest'

/**
 * Starts an org whose API responds as a test needs it. It accepts any API token.
 *
 * @returns the flags that connect to it
 */
export async function startOrg(
  home: string,
  respond: (request: IncomingMessage, response: ServerResponse) => unknown,
): Promise<string[]> {
  const api = createServer((request, response) => {
    if (request.url === '/api/v1/users/me') response.end('{}')
    else void respond(request, response)
  }).listen(0, '127.0.0.1')
  onTestFinished(() => {
    api.close()
    api.closeAllConnections()
  })
  await once(api, 'listening')
  await writeFile(join(home, 'api-token'), 'not-a-real-token', { mode: 0o600 })
  const tenant = `http://127.0.0.1:${(api.address() as AddressInfo).port}`
  return ['--tenant', tenant, '--api-token-file', join(home, 'api-token')]
}

/** An org whose custom authorization servers issue a token to any client, and what it received. */
export async function startIssuer(home: string): Promise<{ tenant: string; received: string[] }> {
  const received: string[] = []
  const [, tenant = ''] = await startOrg(home, async (request, response) => {
    received.push(`${request.url} ${request.headers.authorization ?? ''} ${await text(request)}`)
    if (request.url === '/api/v1/refused') return void response.writeHead(401).end()
    const token = { access_token: `token-${received.length}`, token_type: 'Bearer', expires_in: 3600, scope: 'a' }
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(token))
  })
  return { tenant, received }
}
