import { createPrivateKey } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type OktaEmulator, startOktaEmulator } from '@connect-okta/emulator'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { basic, connectionOf, digestFor, startBroker, type TestBroker } from '../../test/support/broker.test.support.js'

let okta: OktaEmulator
let folder: string
const path = (name: string) => join(folder, name)
const write = (name: string, content: string) => writeFile(path(name), content, { mode: 0o600 })

beforeAll(async () => {
  okta = await startOktaEmulator({ clients: [{ kind: 'service' }] })
  folder = await mkdtemp(join(tmpdir(), 'passphrase-'))
  await write('key.pem', encrypted('first passphrase'))
  await write('passphrase', 'first passphrase\n')
})
afterAll(async () => {
  await okta.close()
  await rm(folder, { recursive: true })
})

function encrypted(passphrase: string): string {
  const key = createPrivateKey({ key: okta.client('service').jwk as never, format: 'jwk' })
  return String(key.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase }))
}

function config(more: object = { keyPassphrase: { file: path('passphrase') } }) {
  const { clientId, jwk } = okta.client('service')
  const users = connectionOf(okta, { ...okta.client('service') }, { key: { file: path('key.pem') }, keyId: jwk?.kid })
  return {
    connections: { users: { ...users, clientId, ...more } },
    clients: { payroll: { secretSha256: digestFor('payroll'), connections: ['users'] } },
  }
}

async function status({ url }: TestBroker): Promise<number> {
  const body = new URLSearchParams({ grant_type: 'client_credentials' })
  return (await fetch(`${url}/oauth2/token`, { method: 'POST', headers: { authorization: basic('payroll') }, body }))
    .status
}

describe('keyPassphrase', () => {
  it('decrypts the key of a connection', async () => {
    await using broker = await startBroker(config())
    expect(await status(broker)).toBe(200)
  })

  it('is named, with its connection, when it is missing', async () => {
    await expect(startBroker(config({}))).rejects.toMatchObject({
      code: 'private_key_invalid',
      message: expect.stringMatching(/^connections\.users: .*encrypted/),
      hint: 'Set keyPassphrase of the connection: { file: PATH } or { keyring: NAME }.',
    })
  })

  it('is rejected with its connection, and not shown, when it is wrong', async () => {
    await write('wrong', 'another passphrase')
    const error = await startBroker(config({ keyPassphrase: { file: path('wrong') } })).catch(error => error)
    expect(error).toMatchObject({
      code: 'private_key_invalid',
      message: expect.stringMatching(/^connections\.users: /),
    })
    expect(JSON.stringify(error) + error.message + error.hint).not.toContain('another passphrase')
  })

  it('is rejected when it is not a reference, or its file is missing', async () => {
    await expect(startBroker(config({ keyPassphrase: 'first passphrase' }))).rejects.toThrow('must be a reference')
    await expect(startBroker(config({ keyPassphrase: { file: path('none') } }))).rejects.toThrow(
      'connections.users.keyPassphrase: the file does not exist (ENOENT)',
    )
  })

  it('is read again by a reload, also when only its file has changed', async () => {
    await using broker = await startBroker(config())
    const last = () => broker.lines().at(-1)
    await write('passphrase', 'second passphrase')
    await broker.reload(config())
    expect(last()).toMatchObject({
      msg: 'kept the old configuration',
      reason: expect.stringContaining('connections.users: '),
    })
    expect(await status(broker)).toBe(200)
    await write('key.pem', encrypted('second passphrase'))
    await broker.reload(config())
    expect(last()).toMatchObject({ msg: 'loaded the new configuration' })
    expect(await status(broker)).toBe(200)
  })
})
