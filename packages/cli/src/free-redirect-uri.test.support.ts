import { once } from 'node:events'
import { createServer } from 'node:net'

/** A redirect URI on a port that is free, so that suites can run side by side. */
export async function freeRedirectUri(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  return `http://localhost:${typeof address === 'object' && address !== null ? address.port : 0}/login/callback`
}
