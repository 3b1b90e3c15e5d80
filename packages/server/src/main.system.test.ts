import { mkdir, mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort, type OktaEmulator, startOktaEmulator } from '@connect-okta/emulator'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { configureIn, secretOf } from '../test/support/broker.test.support.js'
import { startProcess } from '../test/support/process.test.support.js'

let okta: OktaEmulator
let home: string

beforeAll(async () => {
  okta = await startOktaEmulator({ clients: [{ kind: 'service' }] })
  home = await mkdtemp(join(tmpdir(), 'broker-home-'))
})
afterAll(() => okta.close())

async function ask(port: number, name: string, secret: string) {
  const body = new URLSearchParams({ grant_type: 'client_credentials', client_id: name, client_secret: secret })
  return await fetch(`http://127.0.0.1:${port}/oauth2/token`, { method: 'POST', body })
}

describe('connect-okta-server', () => {
  it('serves the profiles to one client and shows its secret once when there is no configuration', async () => {
    const directory = join(home, 'config')
    await mkdir(directory)
    const key = join(home, 'key.json')
    await writeFile(key, JSON.stringify(okta.client('service').jwk))
    const { clientId } = okta.client('service')
    const ci = { tenant: okta.orgUrl.origin, clientId, scopes: ['okta.users.read'], key: { file: key } }
    await writeFile(join(directory, 'profiles.yaml'), stringify({ profiles: { ci } }))
    const port = await freePort()
    const env = { HOME: home, CONNECT_OKTA_CONFIG_DIR: directory, CONNECT_OKTA_STATE_DIR: join(home, 'state') }
    const broker = startProcess(['--listen', `localhost:${port}`, '--store', 'memory'], env)
    await broker.printed('listening')
    expect(broker.stderr).toContain(`Serving ci at http://localhost:${port}`)
    const secret = /client secret +(\S+)/.exec(broker.stderr)?.[1] ?? ''
    expect(secret).toHaveLength(43)
    expect((await ask(port, 'local', secret)).status).toBe(200)
    broker.child.kill('SIGHUP')
    await broker.printed('loaded the new configuration')
    expect((await ask(port, 'local', secret)).status).toBe(200)
    broker.child.kill('SIGTERM')
    expect(await broker.ended).toBe(0)
    expect(broker.stderr.split(secret)).toHaveLength(2)
    expect(broker.stdout).not.toContain(secret)
  })

  it('explains what to do when there is nothing to serve', async () => {
    const empty = { HOME: join(home, 'empty'), CONNECT_OKTA_CONFIG_DIR: join(home, 'empty') }
    const broker = startProcess([], empty)
    expect(await broker.ended).toBe(2)
    expect(broker.stderr).toContain('--profile NAME')
    const wrong = startProcess(['--surprise'], empty)
    expect(await wrong.ended).toBe(2)
    expect(wrong.stderr).toContain('--help')
  })

  it('creates a secret for a client', async () => {
    const made = startProcess(['--new-secret'], {})
    expect(await made.ended).toBe(0)
    expect(made.stdout).toMatch(/^[A-Za-z0-9_-]{43}\n$/)
    expect(made.stderr).toMatch(/secretSha256: [0-9a-f]{64}/)
    expect(made.stderr).not.toContain(made.stdout.trim())
  })

  it('writes all audit lines before it exits', async () => {
    const { path, port } = await configureIn(home, okta)
    const broker = startProcess(['--config', path], {})
    await broker.printed('listening')
    const all = Array.from({ length: 50 }, async () => (await ask(port, 'payroll', secretOf('payroll'))).status)
    expect(new Set(await Promise.all(all))).toEqual(new Set([200]))
    broker.child.kill('SIGTERM')
    expect(await broker.ended).toBe(0)
    expect(broker.stdout.match(/"audit":"token"/g)).toHaveLength(50)
    expect(broker.stdout).not.toContain(secretOf('payroll'))
  })
})
