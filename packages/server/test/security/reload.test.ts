import { execFile } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, open, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect } from 'node:tls'
import { promisify } from 'node:util'
import { type OktaEmulator, startOktaEmulator } from '@connect-okta/emulator'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import {
  basic,
  connectionOf,
  digestFor,
  filesOf,
  startBroker,
  type TestBroker,
} from '../support/broker.test.support.js'

const run = promisify(execFile)
let okta: OktaEmulator
let folder: string

beforeAll(async () => {
  okta = await startOktaEmulator({ clients: [{ kind: 'service' }] })
  folder = await mkdtemp(join(tmpdir(), 'reload-'))
})
afterAll(() => okta.close())

const client = (name: string, more: object = {}) => ({ secretSha256: digestFor(name), connections: ['users'], ...more })
const config = (more: object = {}) => ({
  connections: { users: connectionOf(okta, okta.client('service')) },
  clients: { payroll: client('payroll'), reports: client('reports') },
  ...more,
})
const start = (more: object = {}) => startBroker(config(more), { files: filesOf(okta) })

async function status(broker: TestBroker, name: string): Promise<number> {
  const body = new URLSearchParams({ grant_type: 'client_credentials' })
  const headers = { authorization: basic(name) }
  return (await fetch(`${broker.url}/oauth2/token`, { method: 'POST', headers, body })).status
}

describe('a reload', () => {
  it.skipIf(process.platform === 'win32')(
    'keeps a removed client removed when an older reload finishes after a newer one',
    async () => {
      await using broker = await start()
      // Reading a FIFO blocks until the test writes to it.
      const slow = join(folder, 'slow.json')
      await run('mkfifo', [slow])
      await broker.startReload(
        config({ connections: { users: connectionOf(okta, okta.client('service'), { key: { file: slow } }) } }),
      )
      const writer = await open(slow, 'w')
      await broker.reload(config({ clients: { payroll: client('payroll') } }))
      expect([await status(broker, 'payroll'), await status(broker, 'reports')]).toEqual([200, 401])
      await writer.write(JSON.stringify(okta.client('service').jwk))
      await writer.close()
      await expect.poll(() => broker.lines().at(-1)?.msg).toContain('discarded')
      expect([await status(broker, 'payroll'), await status(broker, 'reports')]).toEqual([200, 401])
    },
  )
})

describe.skipIf(inject('systemNeeds').openssl === undefined)('a reload with TLS', () => {
  const [certificate, key] = ['certificate.pem', 'key.pem'].map(name => () => join(folder, name)) as [
    () => string,
    () => string,
  ]

  async function makeCertificate(): Promise<void> {
    const make = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2']
    await run('openssl', [...make, '-subj', '/CN=localhost', '-keyout', key(), '-out', certificate()])
  }

  async function served(broker: TestBroker): Promise<string> {
    const socket = connect({ host: '127.0.0.1', port: broker.port, rejectUnauthorized: false })
    await once(socket, 'secureConnect')
    const { raw } = socket.getPeerCertificate()
    socket.destroy()
    return new X509Certificate(raw).fingerprint256
  }

  it('changes nothing when it is rejected, not even the certificate', async () => {
    await makeCertificate()
    const tls = { certificate: certificate(), key: key() }
    await using broker = await start({ tls })
    const before = await served(broker)
    await makeCertificate()
    await broker.reload(config({ tls, clients: { payroll: client('payroll', { connections: ['none'] }) } }))
    expect(broker.lines().at(-1)).toMatchObject({ msg: 'kept the old configuration' })
    expect(await served(broker)).toBe(before)
    await broker.reload(config({ tls }))
    expect(await served(broker)).not.toBe(before)
  })

  it('keeps the old certificate when its files are missing', async () => {
    await expectRefused(() => rm(key()))
  })

  it('keeps the old certificate when its files are not PEM', async () => {
    await expectRefused(() => writeFile(certificate(), 'text'))
  })

  it('keeps the old certificate when its files do not match', async () => {
    await expectRefused(() => run('cp', ['other.pem', 'key.pem'], { cwd: folder }))
  })

  async function expectRefused(spoil: () => Promise<unknown>): Promise<void> {
    await makeCertificate()
    await run('mv', ['key.pem', 'other.pem'], { cwd: folder })
    await makeCertificate()
    const tls = { certificate: certificate(), key: key() }
    await using broker = await start({ tls })
    const before = await served(broker)
    await spoil()
    await broker.reload(config({ tls, clients: { payroll: client('payroll') } }))
    expect(broker.lines().at(-1)).toMatchObject({
      msg: 'kept the old configuration',
      reason: expect.stringMatching(/^tls/),
    })
    expect(await served(broker)).toBe(before)
  }
})
