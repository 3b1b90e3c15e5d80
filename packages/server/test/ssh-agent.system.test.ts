import { execFile, spawn } from 'node:child_process'
import { createPublicKey } from 'node:crypto'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { startOktaEmulator } from '@connect-okta/emulator'
import { calculateJwkThumbprint, type JWK } from 'jose'
import { afterEach, describe, expect, inject, it, vi } from 'vitest'
import { basic, digestFor, startBroker } from './support/broker.test.support.js'

const run = promisify(execFile)
const sshAgent = inject('systemNeeds').sshAgent

afterEach(() => {
  vi.unstubAllEnvs()
})

describe.skipIf(sshAgent === undefined)('a connection whose key is in an ssh-agent', () => {
  it('works as soon as the agent has the key, also when it had none at the start', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'ssh-agent-'))
    const [socket, key] = [join(folder, 'agent'), join(folder, 'key')]
    await run('ssh-keygen', ['-q', '-t', 'ecdsa', '-N', '', '-C', 'okta-production', '-f', key])
    const { stdout } = await run('ssh-keygen', ['-e', '-m', 'PKCS8', '-f', `${key}.pub`])
    const jwk = createPublicKey(stdout).export({ format: 'jwk' }) as JWK
    const agent = spawn(sshAgent ?? '', ['-D', '-a', socket], { stdio: 'ignore' })
    await vi.waitUntil(() => existsSync(socket))
    vi.stubEnv('SSH_AUTH_SOCK', socket)
    await using okta = await startOktaEmulator({
      clients: [{ kind: 'service', jwks: { keys: [{ ...jwk, kid: await calculateJwkThumbprint(jwk) }] } }],
    })
    const { clientId } = okta.client('service')
    const users = {
      tenant: okta.orgUrl.origin,
      clientId,
      scopes: 'okta.users.read',
      key: { sshAgent: 'okta-production' },
    }
    const clients = { payroll: { secretSha256: digestFor('payroll'), connections: 'users' } }
    await using broker = await startBroker({ connections: { users }, clients })
    const statusOfToken = async () => {
      const body = new URLSearchParams({ grant_type: 'client_credentials' })
      const headers = { authorization: basic('payroll') }
      return (await fetch(`${broker.url}/oauth2/token`, { method: 'POST', headers, body })).status
    }
    expect(await (await fetch(`${broker.url}/readyz`)).json()).toMatchObject({ degraded: ['users: signer_failed'] })
    expect(await statusOfToken()).toBe(503)
    await run('ssh-add', ['-q', key], { env: { PATH: process.env.PATH, SSH_AUTH_SOCK: socket } })
    expect(await statusOfToken()).toBe(200)
    agent.kill()
    await once(agent, 'close')
  })
})
