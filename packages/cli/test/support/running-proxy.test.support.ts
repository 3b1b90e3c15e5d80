import { once } from 'node:events'
import type { OktaEmulator } from '@connect-okta/emulator'
import { jsonFile } from './run.test.support.js'
import { spawnProgram } from './spawn.test.support.js'

/** `connect-okta proxy`, as a process. */
export interface RunningProxy {
  readonly url: URL
  readonly token: string
  readonly stderr: () => string
  readonly end: () => Promise<{ code: number | null }>
}

/** Starts `connect-okta proxy`, and waits for its address. */
export async function startProxy(args: readonly string[], home: string): Promise<RunningProxy> {
  const { child, end } = spawnProgram(['proxy', '--format', 'json', ...args], { HOME: home })
  let stderr = ''
  child.stderr.on('data', chunk => {
    stderr += chunk
  })
  const [line] = await once(child.stdout, 'data')
  const { url, token } = JSON.parse(String(line))
  const stop = () => {
    child.kill('SIGTERM')
    return end
  }
  return { url: new URL(url), token, stderr: () => stderr, end: stop }
}

/** The flags that connect to the org as its service app that requires DPoP. */
export async function flagsOfDpopApp(okta: OktaEmulator, home: string): Promise<string[]> {
  const { clientId, jwk } = okta.client('service', { dpop: true })
  const connection = ['--tenant', okta.orgUrl.origin, '--client-id', clientId, '--scopes', 'okta.users.read']
  return [...connection, '--jwk-file', await jsonFile(home, 'key.json', jwk)]
}
