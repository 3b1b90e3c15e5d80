import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { freePort, startOktaEmulator } from '@connect-okta/emulator'
import { describe, expect, it } from 'vitest'
import { emptyHome, jsonFile, run } from '../support/run.test.support.js'
import { runProgram, spawnProgram } from '../support/spawn.test.support.js'

// Loading the server takes long on a busy machine.
describe('serve', { timeout: 90_000 }, () => {
  it('serves the tokens of the profiles to this machine until SIGTERM', async () => {
    await using okta = await startOktaEmulator({ clients: [{ kind: 'service' }] })
    const home = await emptyHome()
    const env = {
      HOME: home,
      CONNECT_OKTA_CONFIG_DIR: join(home, 'config'),
      CONNECT_OKTA_STATE_DIR: join(home, 'state'),
    }
    const key = await jsonFile(home, 'key.json', okta.client('service').jwk)
    const app = ['--tenant', okta.orgUrl.origin, '--client-id', okta.client('service').clientId, '--jwk-file', key]
    expect((await run(['login', '--profile', 'ci', ...app, '--scopes', 'okta.users.read'], env)).code).toBe(0)

    const port = await freePort()
    const broker = spawnProgram(['serve', '--listen', `localhost:${port}`, '--store', 'memory'], env)
    const secret = await new Promise<string>(resolve => {
      let output = ''
      broker.child.stderr.on('data', chunk => {
        output += chunk
        const [, found] = /client secret +(\S+)/.exec(output) ?? []
        if (found !== undefined) resolve(found)
      })
    })
    const form = new URLSearchParams({ grant_type: 'client_credentials', client_id: 'local', client_secret: secret })
    const response = await fetch(`http://localhost:${port}/oauth2/token`, { method: 'POST', body: form })
    expect(await response.json()).toMatchObject({ token_type: 'Bearer', scope: 'okta.users.read' })
    broker.child.kill('SIGTERM')
    expect(await broker.end).toEqual({ code: 0, signal: null })
  })

  it('prints a client secret, and rejects a missing configuration', async () => {
    const env = { HOME: await emptyHome() }
    const { stdout, stderr, code } = await runProgram(['serve', '--new-secret'], env)
    expect(code).toBe(0)
    const digest = createHash('sha256').update(stdout.trim()).digest('hex')
    expect(stderr).toContain(`secretSha256: ${digest}`)
    expect((await runProgram(['serve', '--config', '/nowhere.yaml'], env)).code).toBe(2)
  })
})
