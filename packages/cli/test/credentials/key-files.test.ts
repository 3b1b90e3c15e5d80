import { createPrivateKey } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type OktaEmulator, startOktaEmulator } from '@connect-okta/emulator'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { startIssuer } from '../support/hostile-org.test.support.js'
import { emptyHome, run as runCommand } from '../support/run.test.support.js'

const passphrase = 'correct horse battery'

let okta: OktaEmulator
let home: string
let app: string[]
let encrypted: string

beforeAll(async () => {
  okta = await startOktaEmulator()
})
afterAll(() => okta.close())
beforeEach(async () => {
  home = await emptyHome()
  const { clientId, jwk } = okta.client('service')
  app = ['--tenant', okta.orgUrl.origin, '--client-id', clientId, '--scopes', 'okta.users.read']
  const options = { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase } as const
  encrypted = createPrivateKey({ key: jwk as never, format: 'jwk' }).export(options) as string
})

const run = (args: readonly string[], { input = '' as string | Buffer, env = {} } = {}) =>
  runCommand(args, { HOME: home, ...env }, { input })
const utf16 = (text: string) => Buffer.from(`\uFEFF${text}`, 'utf16le')

async function file(name: string, content: string | Buffer): Promise<string> {
  await writeFile(join(home, name), content, { mode: 0o600 })
  return join(home, name)
}

describe('a key that is encrypted', () => {
  it.each<[string, string | Buffer]>([
    ['in UTF-8', passphrase],
    ['with a line end', `${passphrase}\n`],
    ['with a line end of Windows', `${passphrase}\r\n`],
    ['in UTF-16', utf16(`${passphrase}\r\n`)],
  ])('connects when its passphrase is in a file or on stdin, %s', async (_form, text) => {
    const key = ['--jwk-file', await file('key.pem', encrypted), '--key-passphrase-file']
    expect(await run(['login', ...app, ...key, await file('pass', text)])).toMatchObject({ code: 0 })
    expect(await run(['login', ...app, ...key, '-', '--force'], { input: text })).toMatchObject({ code: 0 })
  })

  it('connects when its passphrase is a variable, and the key is on stdin', async () => {
    const env = { CONNECT_OKTA_KEY_PASSPHRASE: passphrase }
    const { code, stdout } = await run(['token', ...app, '--jwk-file', '-'], { input: encrypted, env })
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringMatching(/^\S+\n$/) })
  })

  it('is rejected with the names of the options when there is no passphrase', async () => {
    const args = ['token', ...app, '--jwk-file', await file('key.pem', encrypted)]
    const { code, stdout, stderr } = await run(args)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toMatch(/encrypted.*\n.*--key-passphrase-file FILE.*CONNECT_OKTA_KEY_PASSPHRASE/)
    const { error } = JSON.parse((await run([...args, '--json'])).stderr)
    expect(error).toMatchObject({ code: 'private_key_invalid', hint: expect.stringContaining('--key-passphrase-file') })
  })

  it('is rejected without the passphrase in the message when the passphrase is wrong', async () => {
    const key = [
      '--jwk-file',
      await file('key.pem', encrypted),
      '--key-passphrase-file',
      await file('pass', 'hunter22'),
    ]
    const { code, stderr } = await run(['token', ...app, ...key])
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: expect.stringContaining('passphrase of the client key is wrong'),
    })
    expect(stderr).not.toContain('hunter22')
  })

  it('connects again by its profile, which refers to the file of the passphrase', async () => {
    await file('pass', passphrase)
    const key = ['--jwk-file', await file('key.pem', encrypted), '--key-passphrase-file=~/pass']
    expect(await run(['login', '--profile', 'ci', ...app, ...key])).toMatchObject({ code: 0 })
    const saved = await readFile(join(home, '.config/connect-okta/profiles.yaml'), 'utf8')
    expect(saved).toContain(join(home, 'pass'))
    expect(saved).not.toContain(passphrase)
    expect(await run(['token', '--profile', 'ci', '--force-refresh'])).toMatchObject({ code: 0, stderr: '' })
    expect(await run(['logout', '--profile', 'ci', '--json'])).toMatchObject({
      stdout: expect.stringContaining('true'),
    })
  })

  it('reports that the passphrase is not saved when only the variable has it', async () => {
    const env = { CONNECT_OKTA_KEY_PASSPHRASE: passphrase }
    const args = ['login', '--profile', 'ci', ...app, '--jwk-file', await file('key.pem', encrypted)]
    expect(await run(args, { env })).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('does not contain: passphrase.'),
    })
  })

  it('reads no passphrase when the stored token is valid', async () => {
    const key = ['--jwk-file', await file('key.pem', encrypted), '--key-passphrase-file']
    expect(await run(['login', ...app, ...key, await file('pass', passphrase)])).toMatchObject({ code: 0 })
    expect(await run(['token', ...app, ...key, join(home, 'none')])).toMatchObject({ code: 0, stderr: '' })
  })

  it.each([
    ['--jwk-file', '--key-passphrase-file'],
    ['--jwk-file', '--client-secret-file'],
    ['--key-passphrase-file', '--api-token-file'],
  ])('is rejected when both %s and %s read stdin', async (one, other) => {
    const { code, stderr } = await run(['token', ...app, one, '-', other, '-'], { input: encrypted })
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(`not ${one} and ${other}`) })
  })

  it('is rejected as an argument without repeating its value when it is given with --key-passphrase', async () => {
    const { code, stderr } = await run(['token', ...app, '--key-passphrase', 'hunter22'])
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('--key-passphrase-file') })
    expect(stderr).not.toContain('hunter22')
  })
})

describe('a secret in a file or on stdin', () => {
  const key = (format: 'pem' | 'der') => {
    const { jwk } = okta.client('service')
    return createPrivateKey({ key: jwk as never, format: 'jwk' }).export({ type: 'pkcs8', format: format as 'der' })
  }

  it.each<[string, () => Buffer]>([
    ['UTF-16', () => utf16(JSON.stringify(okta.client('service').jwk))],
    ['UTF-16, as PEM', () => utf16(String(key('pem')))],
    ['UTF-8 with a byte order mark', () => Buffer.from(`\uFEFF${key('pem')}`)],
    ['DER', () => key('der')],
    ['Base64 of PEM', () => Buffer.from(Buffer.from(String(key('pem'))).toString('base64'))],
  ])('connects when it is a key in %s', async (_form, content) => {
    expect(await run(['token', ...app, '--jwk-file', '-'], { input: content() })).toMatchObject({ code: 0 })
    const path = await file('key', content())
    expect(await run(['token', ...app, '--jwk-file', path, '--force-refresh'])).toMatchObject({ code: 0, stderr: '' })
  })

  it.each<[string, string | Buffer]>([
    ['with a line end', 'client-secret-0123456789\r\n'],
    ['in UTF-16', utf16('client-secret-0123456789\r\n')],
  ])('is sent as it is when it is a client secret %s', async (_form, content) => {
    const { tenant, received } = await startIssuer(home)
    const server = ['--tenant', tenant, '--client-id', '0oa1', '--scopes', 'a', '--authorization-server', 'default']
    for (const path of [await file('secret', content), '-']) {
      received.length = 0
      const args = ['login', ...server, '--client-secret-file', path, '--force']
      expect(await run(args, { input: content })).toMatchObject({ code: 0 })
      expect(received.join()).toMatch(/client_secret=client-secret-0123456789(&|$)/)
    }
  })
})
