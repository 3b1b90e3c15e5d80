import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest'
import { run } from '../support/program.js'
import { startTlsOrg, type TlsOrg } from '../support/tls-org.js'

// The SDK is not in the registries that CI reaches, so this runs only with this variable: see README.md.
const { OKTA_SDK_PYTHON: path = '', PYTHON: python = '/usr/bin/python3' } = process.env
const program = fileURLToPath(new URL('./okta_sdk_python.py', import.meta.url))

describe.skipIf(inject('systemNeeds').openssl === undefined)('okta (Python)', () => {
  let org: TlsOrg
  beforeAll(async () => {
    const scopes = ['okta.users.manage']
    org = await startTlsOrg({
      clients: [
        { kind: 'service', scopes },
        { kind: 'service', scopes, dpop: true },
      ],
    })
  })
  afterEach(() => org.okta.reset())
  afterAll(() => org?.[Symbol.asyncDispose]())

  async function createAndList(configuration: object) {
    const input = JSON.stringify({ orgUrl: org.okta.orgUrl.origin, ...configuration })
    const env = { ...org.trust, PYTHONPATH: path, PYTHONWARNINGS: 'ignore', HOME: org.folder }
    const { stdout, stderr } = await run({ command: [python, program], env, input })
    if (stdout === '') throw new Error(stderr)
    return JSON.parse(stdout)
  }

  function byKey(dpop: boolean, changes: object = {}) {
    const { clientId, jwk } = org.okta.client('service', { dpop })
    const key = { privateKey: JSON.stringify(jwk), kid: jwk?.kid, dpopEnabled: dpop }
    return { authorizationMode: 'PrivateKey', clientId, scopes: ['okta.users.manage'], ...key, ...changes }
  }

  it('creates and lists users with an API token', async () => {
    const result = await createAndList({ token: org.okta.apiTokens[0]?.value })
    expect(result).toMatchObject({ before: 28, created: 'ACTIVE', after: 29 })
  })

  it('creates and lists users with a key', async () => {
    const result = await createAndList(byKey(false))
    expect(result).toMatchObject({ before: 28, created: 'ACTIVE', after: 29 })
  })

  it('creates and lists users with a key when the app requires DPoP, or is rejected before 3.4', async () => {
    const { version, ...result } = await createAndList(byKey(true))
    if (/^(2|3\.[0-3])\./.test(version)) expect(result.error).toContain('The DPoP proof JWT header is missing.')
    else expect(result).toMatchObject({ before: 28, created: 'ACTIVE', after: 29 })
  })

  it('is rejected when the token or the key is unknown', async () => {
    expect((await createAndList({ token: 'unknown' })).error).toContain('E0000011')
    const { privateKey, kid } = byKey(true)
    expect((await createAndList(byKey(false, { privateKey, kid }))).error).toContain('invalid_client')
  })
})
