import { spawn } from 'node:child_process'
import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { json } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type OktaEmulator, startOktaEmulator } from '../src/start-okta-emulator.js'
import { selfSigned } from './support/self-signed.test.support.js'

const CHILD = fileURLToPath(new URL('./support/okta-sdk-child.mjs', import.meta.url))

let okta: OktaEmulator
let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'okta-sdk-'))
  const tls = selfSigned()
  await writeFile(join(folder, 'ca.pem'), tls.cert)
  okta = await startOktaEmulator({ tls })
})
afterEach(() => okta.reset())
afterAll(() => okta.close())

interface Outcome {
  readonly logins?: readonly string[]
  readonly error?: { readonly status?: number; readonly errorCode?: string; readonly message?: string }
}

async function run(...configurations: readonly object[]): Promise<readonly Outcome[]> {
  const env = { ...process.env, NODE_EXTRA_CA_CERTS: join(folder, 'ca.pem'), HOME: folder }
  const all = configurations.map(configuration => ({ orgUrl: okta.orgUrl.origin, ...configuration }))
  const child = spawn(process.execPath, [CHILD], { env, stdio: ['pipe', 'pipe', 'inherit'] })
  child.stdin.end(JSON.stringify(all))
  return (await json(child.stdout)) as readonly Outcome[]
}

const byKey = (changes: object = {}) => {
  const { clientId, jwk } = okta.client('service')
  const keyId = jwk?.kid
  return { authorizationMode: 'PrivateKey', clientId, scopes: ['okta.users.read'], privateKey: jwk, keyId, ...changes }
}

describe('Okta’s own SDK for Node', () => {
  it('gets a token with the key of the app, and reads all pages of the directory despite a rate limit', async () => {
    okta.limitRate({ buckets: { '/api/v1/users': { limit: 2, windowSeconds: 4 } } })
    const [outcome] = await run(byKey())
    expect(outcome?.error).toBeUndefined()
    expect(outcome?.logins).toHaveLength(28)
    expect(outcome?.logins?.[0]).toBe(okta.users[0]?.login)
    const requests = okta.requests.map(({ method, path, status }) => `${method} ${path} ${status}`)
    expect(requests[0]).toBe('POST /oauth2/v1/token 200')
    expect(requests.filter(line => line === 'GET /api/v1/users 200')).toHaveLength(3)
    expect(requests).toContain('GET /api/v1/users 429')
  })

  it('reads the directory with an API token, and is rejected with an unknown kid or without an admin role', async () => {
    const { clientId, jwk } = okta.client('service')
    await okta.update(clientId, { adminRole: false })
    const [byToken, byOtherKey, withoutRole] = await run(
      { token: okta.apiTokens[0]?.value },
      byKey({ privateKey: { ...jwk, kid: 'another' }, keyId: 'another' }),
      byKey(),
    )
    expect(byToken?.logins).toHaveLength(28)
    expect(byOtherKey?.error).toBeDefined()
    expect(okta.requests).toContainEqual(
      expect.objectContaining({ path: '/oauth2/v1/token', status: 401, error: 'invalid_client' }),
    )
    expect(withoutRole?.error).toMatchObject({ status: 403, errorCode: 'E0000006' })
  })
})
