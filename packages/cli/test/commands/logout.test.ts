import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { startIssuer as startIssuerIn } from '../support/hostile-org.test.support.js'
import { emptyHome, run } from '../support/run.test.support.js'

const clientId = '0oa1ExampleClient'
const secret = 'client-secret-of-the-first-org-0123456789'
const other = 'client-secret-of-the-second-org-987654321'

let home: string
let env: Record<string, string>
beforeEach(async () => {
  home = await emptyHome()
  env = { HOME: home }
  await writeFile(join(home, 'secret.txt'), secret, { mode: 0o600 })
  await writeFile(join(home, 'other.txt'), other, { mode: 0o600 })
})

const startIssuer = () => startIssuerIn(home)

async function login(tenant: string, authorizationServer: string, file: string): Promise<void> {
  const app = ['--tenant', tenant, '--client-id', clientId, '--scopes', 'a', '--authorization-server']
  const args = ['login', ...app, authorizationServer, '--client-secret-file', join(home, file)]
  expect(await run(args, env)).toMatchObject({ code: 0 })
}

describe('logout --all', () => {
  it.each([
    ['names another org', ['TENANT', 'CLIENT_ID', 'AUTHORIZATION_SERVER']],
    ['names no client', ['TENANT', 'AUTHORIZATION_SERVER']],
    ['names no org', ['CLIENT_ID', 'AUTHORIZATION_SERVER']],
    ['names only the secret', []],
  ])('sends no client secret to the org of a sign-in when the environment %s', async (_what, names) => {
    const first = await startIssuer()
    const second = await startIssuer()
    await login(second.tenant, 'default', 'other.txt')
    const values = { TENANT: first.tenant, CLIENT_ID: clientId, AUTHORIZATION_SERVER: 'default', CLIENT_SECRET: secret }
    const named = Object.entries(values).filter(([name]) => name === 'CLIENT_SECRET' || names.includes(name))
    const variables = named.map(([name, value]) => [`CONNECT_OKTA_${name}`, value])
    const ended = await run(['logout', '--all', '--json'], { ...env, ...Object.fromEntries(variables) })
    expect(ended).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('key_required') })
    expect(second.received.join('\n')).not.toContain(secret)
  })

  it('sends a client secret only to the authorization server that it is configured for', async () => {
    const { tenant, received } = await startIssuer()
    await login(tenant, 'default', 'secret.txt')
    await login(tenant, 'aus2', 'other.txt')
    received.length = 0
    const settings = ['--tenant', tenant, '--client-id', clientId, '--authorization-server', 'default']
    const args = ['logout', '--all', ...settings, '--client-secret-file', join(home, 'secret.txt'), '--json']
    const { code, stdout, stderr } = await run(args, env)
    expect(code).toBe(2)
    expect(JSON.parse(stdout)).toEqual([expect.objectContaining({ revoked: true })])
    expect(JSON.parse(stderr)).toMatchObject({ error: { code: 'key_required' } })
    expect(received.filter(one => one.startsWith('/oauth2/default/v1/revoke')).join()).toContain(secret)
    expect(received.filter(one => !one.startsWith('/oauth2/default/')).join()).not.toContain(secret)
  })
})

describe('a client secret of the environment', () => {
  it.each([['token', '--force-refresh'], ['api', '/api/v1/refused'], ['logout'], ['logout', '--all']])(
    'is not sent to the org of the current login when no tenant is named: %s',
    async (...args) => {
      const { tenant, received } = await startIssuer()
      await login(tenant, 'default', 'other.txt')
      await run(args, { ...env, CONNECT_OKTA_CLIENT_SECRET: secret })
      expect(received.join('\n')).not.toContain(secret)
    },
  )
})
