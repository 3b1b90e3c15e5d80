import { chmod, mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort, type OktaEmulator, startOktaEmulator } from '../../packages/emulator/dist/index.js'
import { browserProgram } from '../testing/browser-program.test.support.js'
import { type SecretKind, startWiretap } from './wiretap.test.support.js'

/** An emulated org behind a wiretap, with a home folder for the programs that use it. */
export interface WatchedOrg extends AsyncDisposable {
  readonly okta: OktaEmulator
  readonly home: string
  readonly redirectUri: string
  /** The environment of a program that stores everything in the home folder. */
  readonly env: Record<string, string>
  /** The kinds of the secrets of the org and of the secrets that have passed the wiretap. */
  readonly seenKinds: ReadonlySet<SecretKind>
  addSecret(value: string, kind: SecretKind): void
  /** The kinds of secrets that a text contains, each once. */
  leaksIn(text: string): readonly SecretKind[]
}

/** Starts a {@link WatchedOrg}. */
export async function startWatchedOrg(): Promise<WatchedOrg> {
  const home = await mkdtemp(join(tmpdir(), 'canary-'))
  const redirectUri = `http://localhost:${await freePort()}/login/callback`
  const wiretap = await startWiretap()
  const okta = await startOktaEmulator({
    orgUrl: wiretap.origin,
    clients: [
      { kind: 'service', dpop: true },
      { kind: 'service' },
      { kind: 'spa', redirectUris: [redirectUri] },
      { kind: 'native' },
      { kind: 'web', redirectUris: [redirectUri] },
    ],
  })
  wiretap.setTarget(okta.localUrl)
  const own = new Map<string, SecretKind>()
  for (const { jwk, clientSecret } of okta.clients) {
    for (const name of ['d', 'p', 'q', 'dp', 'dq', 'qi'] as const) if (jwk?.[name]) own.set(jwk[name], 'client key')
    if (clientSecret) own.set(clientSecret, 'client secret')
  }
  for (const { value } of okta.apiTokens) own.set(value, 'API token')
  for (const { password } of okta.users) own.set(password, 'password')
  await writeFile(join(home, 'key.json'), JSON.stringify(okta.client('service', { dpop: true }).jwk))
  await writeFile(join(home, 'bearer-key.json'), JSON.stringify(okta.client('service').jwk))
  await writeFile(join(home, 'browser.mjs'), browserProgram(okta.users[0]))
  await chmod(join(home, 'browser.mjs'), 0o755)
  return {
    okta,
    home,
    redirectUri,
    env: { HOME: home, CONNECT_OKTA_STATE_DIR: join(home, 'state'), CONNECT_OKTA_CONFIG_DIR: join(home, 'config') },
    get seenKinds() {
      return new Set([...own.values(), ...wiretap.secrets.values()])
    },
    addSecret: (value, kind) => void own.set(value, kind),
    leaksIn(text) {
      const found = [...own, ...wiretap.secrets].filter(
        ([value]) => text.includes(value) || text.includes(encodeURIComponent(value)),
      )
      return [...new Set(found.map(([, kind]) => kind))]
    },
    async [Symbol.asyncDispose]() {
      await okta.close()
      await wiretap[Symbol.asyncDispose]()
    },
  }
}
