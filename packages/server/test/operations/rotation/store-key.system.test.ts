import { randomBytes } from 'node:crypto'
import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort, startOktaEmulator } from '@connect-okta/emulator'
import { describe, expect, inject, it } from 'vitest'
import { stringify } from 'yaml'
import { basic, digestFor } from '../../support/broker.test.support.js'
import { startProcess } from '../../support/process.test.support.js'
import { startRedis } from '../../support/redis.test.support.js'

const { redisServer } = inject('systemNeeds')
const newKey = () => randomBytes(32).toString('base64')

describe.skipIf(redisServer === undefined)('the key of the store', () => {
  it('is replaced without the loss of a managed key when the steps of the runbook are followed', async () => {
    await using redis = await startRedis(redisServer ?? '', ['--maxmemory-policy', 'noeviction'])
    const port = await freePort()
    const url = `http://127.0.0.1:${port}`
    const jwksUri = `${url}/connections/users/jwks.json`
    await using okta = await startOktaEmulator({ clients: [{ kind: 'service', jwksUri }] })
    const { clientId } = okta.client('service')
    const folder = await mkdtemp(join(tmpdir(), 'store-key-'))
    const config = {
      listen: `127.0.0.1:${port}`,
      store: redis.url,
      connections: {
        users: { tenant: okta.orgUrl.origin, clientId, scopes: ['okta.users.read'], key: { managed: {} } },
      },
      clients: { payroll: { secretSha256: digestFor('payroll'), connections: ['users'] } },
    }
    await writeFile(join(folder, 'broker.yaml'), stringify(config))

    /** Runs a broker with the keys of the store. Returns the status of a token request, and the `kid` of the managed key. */
    async function run(...keys: readonly string[]) {
      await writeFile(join(folder, 'store-key'), `${keys.join('\n')}\n`, { mode: 0o600 })
      const variables = { CONNECT_OKTA_STORE_KEY_FILE: join(folder, 'store-key') }
      const broker = startProcess(['--config', join(folder, 'broker.yaml')], variables)
      await broker.printed('listening')
      const body = new URLSearchParams({ grant_type: 'client_credentials' })
      const headers = { authorization: basic('payroll') }
      const { status } = await fetch(`${url}/oauth2/token`, { method: 'POST', headers, body })
      const { keys: published } = (await (await fetch(jwksUri)).json()) as { keys: { kid: string }[] }
      broker.child.kill('SIGINT')
      await broker.ended
      // The next process requests a new token with the managed key.
      const tokens = (await redis.command('KEYS', 'connect-okta:record:*')) as string[]
      if (tokens.length > 0) await redis.command('DEL', ...tokens)
      return { status, kid: published.map(({ kid }) => kid) }
    }

    const [old, next] = [newKey(), newKey()]
    const first = await run(old)
    expect(first.status).toBe(200)
    expect(first.kid).toHaveLength(1)
    for (const keys of [[old, next], [next, old], [next]]) expect(await run(...keys)).toEqual(first)
  })
})
