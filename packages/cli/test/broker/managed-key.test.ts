import { createHash, randomBytes } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { freePort, startOktaEmulator } from '@connect-okta/emulator'
import { describe, expect, it } from 'vitest'
import { emptyHome, jsonFile, run } from '../support/run.test.support.js'
import { spawnProgram } from '../support/spawn.test.support.js'

describe('doctor --broker', () => {
  it('shows the key that the broker manages, and that Okta accepts it', async () => {
    const [home, port] = [await emptyHome(), await freePort()]
    const url = `http://localhost:${port}`
    const jwksUri = `${url}/connections/users/jwks.json`
    await using okta = await startOktaEmulator({ clients: [{ kind: 'service', jwksUri }] })
    const { clientId } = okta.client('service')
    const secret = randomBytes(32).toString('base64url')
    await writeFile(join(home, 'secret'), secret, { mode: 0o600 })
    const config = await jsonFile(home, 'broker.json', {
      listen: `localhost:${port}`,
      store: 'file',
      connections: {
        users: { tenant: okta.orgUrl.origin, clientId, scopes: ['okta.users.read'], key: { managed: {} } },
      },
      clients: {
        payroll: { secretSha256: createHash('sha256').update(secret).digest('hex'), connections: ['users'] },
      },
    })
    const env = { HOME: home, CONNECT_OKTA_STORE_KEY: randomBytes(32).toString('base64') }
    const broker = spawnProgram(['serve', '--config', config], env)
    try {
      await new Promise<void>(resolve => broker.child.stderr.on('data', text => /Serving/.test(text) && resolve()))
      const client = ['--broker', url, '--client', 'payroll', '--client-secret-file', join(home, 'secret')]
      const { code, stdout } = await run(['doctor', ...client], { HOME: home })
      expect(stdout).toMatch(/^ok +keys +users has the key \S+, 0 days old, which Okta accepts\.$/m)
      expect(code).toBe(0)
    } finally {
      broker.child.kill('SIGTERM')
      await broker.end
    }
  })
})
