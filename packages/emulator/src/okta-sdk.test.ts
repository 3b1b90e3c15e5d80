import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { selfSigned } from './self-signed.test.support.js'
import { type OktaEmulator, startOktaEmulator } from './start-okta-emulator.js'

const CHILD = fileURLToPath(new URL('../dist/okta-sdk-child.test.support.js', import.meta.url))

let okta: OktaEmulator
let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'okta-sdk-'))
  const tls = selfSigned()
  await writeFile(join(folder, 'ca.pem'), tls.cert)
  okta = await startOktaEmulator({ tls })
})
afterEach(() => okta.reset())
afterAll(async () => {
  await okta.close()
  await rm(folder, { recursive: true })
})

interface Outcome {
  readonly logins?: readonly string[]
  readonly error?: { readonly status?: number; readonly errorCode?: string; readonly message?: string }
}

async function run(configuration: object): Promise<Outcome> {
  const env = { ...process.env, NODE_EXTRA_CA_CERTS: join(folder, 'ca.pem'), HOME: folder }
  const all = { orgUrl: okta.orgUrl.origin, ...configuration }
  const { stdout } = await promisify(execFile)(process.execPath, [CHILD, JSON.stringify(all)], { env })
  return JSON.parse(stdout)
}

const byKey = (changes: object = {}) => {
  const { clientId, jwk } = okta.client('service')
  const keyId = jwk?.kid
  return { authorizationMode: 'PrivateKey', clientId, scopes: ['okta.users.read'], privateKey: jwk, keyId, ...changes }
}

describe('Okta’s own SDK for Node', () => {
  it('gets a token by the app’s key and reads every page of the directory', async () => {
    const { logins, error } = await run(byKey())
    expect(error).toBeUndefined()
    expect(logins).toHaveLength(28)
    expect(logins?.[0]).toBe(okta.users[0]?.login)
    expect(okta.requests.map(({ method, path, status }) => `${method} ${path} ${status}`)).toEqual([
      'POST /oauth2/v1/token 200',
      ...Array.from({ length: 3 }, () => 'GET /api/v1/users 200'),
    ])
  })

  it('reads it by an API token', async () => {
    expect((await run({ token: okta.apiTokens[0]?.value })).logins).toHaveLength(28)
  })

  it('is refused with an unknown kid, and without an admin role', async () => {
    const other = await run(byKey({ privateKey: { ...okta.client('service').jwk, kid: 'another' } }))
    expect(other.error?.message).toContain('The client_assertion JWT kid is invalid.')
    await okta.update(okta.client('service').clientId, { adminRole: false })
    expect((await run(byKey())).error).toMatchObject({ status: 403, errorCode: 'E0000006' })
  })

  it('waits out a rate limit', async () => {
    okta.limitRate({ buckets: { '/api/v1/users': { limit: 2, windowSeconds: 2 } } })
    expect((await run(byKey())).logins).toHaveLength(28)
    expect(okta.requests.map(({ status }) => status)).toContain(429)
  })
})
