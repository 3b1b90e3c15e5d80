import { spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ecKey } from './support/key-server.test.support.js'
import { ASSERTION_TYPE, clientAssertion, send } from './support/relying-party.test.support.js'
import { selfSigned } from './support/self-signed.test.support.js'

const MAIN = fileURLToPath(new URL('../dist/main.js', import.meta.url))
const CLIENT_ID = '0oaKeysOverHttps0001'
const jwk = await ecKey('only')
const { d: _private, ...publicJwk } = jwk
const { cert, key } = selfSigned()
const server = createServer({ cert, key }, (_request, response) => response.end(JSON.stringify({ keys: [publicJwk] })))

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'okta-emulator-'))
  await writeFile(join(folder, 'ca.pem'), cert)
  await new Promise<void>(resolve => {
    server.listen(0, '127.0.0.1', resolve)
  })
})
afterAll(async () => {
  server.close()
  await rm(folder, { recursive: true })
})

/** Sends a token request to an emulator of its own, with an assertion by the published key. */
async function signIn(environment: NodeJS.ProcessEnv) {
  const child = spawn(process.execPath, [MAIN, '--json', '--config', '-'], {
    env: { ...process.env, ...environment },
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  try {
    const jwksUri = `https://127.0.0.1:${(server.address() as AddressInfo).port}/jwks.json`
    child.stdin.end(JSON.stringify({ clients: [{ kind: 'service', clientId: CLIENT_ID, jwksUri }] }))
    const { value } = await createInterface(child.stdout)[Symbol.asyncIterator]().next()
    const { orgUrl, clients } = JSON.parse(String(value))
    expect(clients).toMatchObject([{ clientId: CLIENT_ID, jwksUri }])
    const endpoint = `${orgUrl}/oauth2/v1/token`
    const form = {
      grant_type: 'client_credentials',
      scope: 'okta.users.read',
      client_assertion_type: ASSERTION_TYPE,
      client_assertion: await clientAssertion({ clientId: CLIENT_ID } as never, endpoint, { jwk }),
    }
    return await send(endpoint, { method: 'POST', body: new URLSearchParams(form) })
  } finally {
    child.kill()
  }
}

describe('okta-emulator with an app whose keys are at an https URL', () => {
  it('trusts the certificates of NODE_EXTRA_CA_CERTS', async () => {
    expect(await signIn({ NODE_EXTRA_CA_CERTS: join(folder, 'ca.pem') })).toMatchObject({ status: 200 })
  })

  it('rejects assertions when it does not trust the certificate', async () => {
    expect(await signIn({})).toMatchObject({
      status: 401,
      body: { error_description: 'Error retrieving the client JWKSet from jwks_uri.' },
    })
  })
})
