import { once } from 'node:events'
import { createServer } from 'node:net'

/** A port that is free, so that suites can run side by side. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  return typeof address === 'object' && address !== null ? address.port : 0
}

/** A redirect URI on such a port. */
export async function freeRedirectUri(): Promise<string> {
  return `http://localhost:${await freePort()}/login/callback`
}
