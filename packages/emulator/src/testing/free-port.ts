import { randomInt } from 'node:crypto'
import { createServer } from 'node:net'

// Below the ephemeral port range, from which the system could assign the port to another connection before it is used.
const minPort = 20_000
const maxPort = 32_000

/**
 * Returns a free port of localhost, for example for a redirect URI, whose port Okta compares too.
 *
 * @example
 * const redirectUri = `http://localhost:${await freePort()}/login/callback`
 * await using okta = await startOktaEmulator({ clients: [{ kind: 'native', redirectUris: [redirectUri] }] })
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(minPort, maxPort)
    if ((await isFree(port, '127.0.0.1')) && (await isFree(port, '::1'))) return port
  }
}

async function isFree(port: number, host: string): Promise<boolean> {
  const server = createServer()
  const error = await new Promise<NodeJS.ErrnoException | undefined>(resolve => {
    server.once('error', resolve).listen(port, host, () => resolve(undefined))
  })
  if (error === undefined) await new Promise(resolve => server.close(resolve))
  // Other errors mean that the machine has no such address, for example no IPv6.
  return error === undefined || error.code !== 'EADDRINUSE'
}
