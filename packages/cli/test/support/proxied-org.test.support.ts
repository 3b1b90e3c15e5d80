import { once } from 'node:events'
import { type IncomingMessage, request, type ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { onTestFinished } from 'vitest'
import { startOrg } from './hostile-org.test.support.js'
import { emptyHome } from './run.test.support.js'
import { spawnProgram } from './spawn.test.support.js'

/** An org, and the local proxy for it. */
export interface ProxiedOrg {
  /** Where clients reach the proxy. */
  readonly origin: string
  /** Starts a request through the proxy. */
  begin(path: string, method?: string, headers?: Record<string, string>): ReturnType<typeof request>
  /** Sends a request through the proxy. */
  send(path: string, method?: string, body?: string): Promise<{ response: IncomingMessage; body: string }>
  readonly stderr: () => string
}

/** Starts an org whose API responds as a test needs it, and `connect-okta proxy` for it. Both end with the test. */
export async function startProxiedOrg(
  respond: (request: IncomingMessage, response: ServerResponse) => unknown,
): Promise<ProxiedOrg> {
  const home = await emptyHome()
  const org = await startOrg(home, respond)
  const { child, end } = spawnProgram(['proxy', '--verbose', '--format', 'json', ...org], { HOME: home })
  onTestFinished(async () => {
    child.kill('SIGTERM')
    await end
  })
  let stderr = ''
  child.stderr.on('data', chunk => {
    stderr += chunk
  })
  const [line] = await once(child.stdout, 'data')
  const { url, token } = JSON.parse(String(line))
  const { hostname, port, host } = new URL(url)
  const begin: ProxiedOrg['begin'] = (path, method = 'GET', headers = {}) =>
    request({ host: hostname, port, path, method, headers: { host, authorization: `Bearer ${token}`, ...headers } })
  return {
    origin: url,
    begin,
    async send(path, method, body = '') {
      const headers: Record<string, string> = body === '' ? {} : { 'content-length': String(Buffer.byteLength(body)) }
      const [response] = (await once(begin(path, method, headers).end(body), 'response')) as [IncomingMessage]
      return { response, body: await text(response) }
    },
    stderr: () => stderr,
  }
}
