import { randomInt } from 'node:crypto'
import { createServer } from 'node:net'

// Below those that systems give away by themselves: a connection of somebody else would take one of these before it is used.
const lowest = 20_000
const highest = 32_000

/**
 * A port of localhost that nobody listens on, such as for the redirect URI of an app: Okta compares that with its port.
 *
 * @example
 * const redirectUri = `http://localhost:${await freePort()}/login/callback`
 * await using okta = await startOktaEmulator({ clients: [{ kind: 'native', redirectUris: [redirectUri] }] })
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(lowest, highest)
    if ((await isFree(port, '127.0.0.1')) && (await isFree(port, '::1'))) return port
  }
}

async function isFree(port: number, host: string): Promise<boolean> {
  const server = createServer()
  const problem = await new Promise<NodeJS.ErrnoException | undefined>(resolve => {
    server.once('error', resolve).listen(port, host, () => resolve(undefined))
  })
  if (problem === undefined) await new Promise(resolve => server.close(resolve))
  // Only a machine without IPv6 has no such address.
  return problem === undefined || problem.code !== 'EADDRINUSE'
}
