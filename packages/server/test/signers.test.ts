import { generateKeyPairSync } from 'node:crypto'
import { mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type OktaEmulator, startOktaEmulator } from '@connect-okta/emulator'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { basic, digestFor, startBroker } from './support/broker.test.support.js'

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const jwk = publicKey.export({ format: 'jwk' })
const publicPem = publicKey.export({ type: 'spki', format: 'pem' }).toString()
const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
const program = `const { sign } = require('node:crypto'), { readFileSync } = require('node:fs')
process.stdout.write(sign('sha256', readFileSync(0), readFileSync('key.pem')))`

let okta: OktaEmulator
let keyPath: string
beforeAll(async () => {
  keyPath = join(await mkdtemp(join(tmpdir(), 'signer-')), 'key.pem')
  await writeFile(keyPath, pem)
  okta = await startOktaEmulator({ clients: [{ kind: 'service', jwks: publicPem }] })
})
afterAll(() => okta.close())

const configWith = (key: object) => ({
  connections: {
    users: { tenant: okta.orgUrl.origin, clientId: okta.client('service').clientId, scopes: 'okta.users.read', key },
  },
  clients: { payroll: { secretSha256: digestFor('payroll'), connections: 'users' } },
})
const broker = (key: object, files: Readonly<Record<string, string>> = {}) => startBroker(configWith(key), { files })

async function token(url: string) {
  const body = new URLSearchParams({ grant_type: 'client_credentials' })
  const response = await fetch(`${url}/oauth2/token`, {
    method: 'POST',
    headers: { authorization: basic('payroll') },
    body,
  })
  return { status: response.status, body: (await response.json()) as Record<string, unknown> }
}

describe('a connection whose key is behind a command', () => {
  it('gets a token, and runs a program in the folder of the configuration', async () => {
    const script = `#!/bin/sh\ncd "$(dirname "$0")" && exec ${process.execPath} -e '${program.replaceAll("'", '"')}'\n`
    await using server = await broker({ command: ['./sign'], jwk }, { sign: script, 'key.pem': pem })
    expect(await token(server.url)).toMatchObject({ status: 200, body: { token_type: 'Bearer' } })
  })

  it('is not available when the command fails, and the response has no details', async () => {
    await using server = await broker({ command: [process.execPath, '-e', 'process.exit(3)'], jwk })
    const { status, body } = await token(server.url)
    expect({ status, ...body }).toEqual({
      status: 503,
      error: 'temporarily_unavailable',
      error_description: 'The signer of the client key is not available to this server. Its log has the details.',
    })
  })
})

describe('a command that fails', () => {
  // Each attempt with a wrong PIN counts, and a smart card is locked after a few.
  const failing = { command: ['/bin/sh', '-c', 'echo x >> "$0"; echo PIN 1234 >&2; exit 4'], jwk }
  const failingIn = (path: string) => ({ ...failing, command: [...failing.command, path] })
  const countIn = async (path: string) => (await readFile(path, 'utf8')).length / 2

  it('is not run again by health checks, and only once in five seconds by clients', async () => {
    const path = join(await mkdtemp(join(tmpdir(), 'signer-')), 'runs')
    await using server = await broker(failingIn(path))
    const ready = async () => (await (await fetch(`${server.url}/readyz`)).json()) as object
    await token(server.url)
    await token(server.url)
    expect(await countIn(path)).toBe(1)
    server.advance(6_000)
    expect(await ready()).toEqual({ status: 'unavailable', degraded: ['users: signer_failed'] })
    expect(await countIn(path)).toBe(1)
    expect((await token(server.url)).status).toBe(503)
    expect(await countIn(path)).toBe(2)
    server.advance(600_000)
    await ready()
    expect(await countIn(path)).toBe(3)
  })

  it('does not show its error output on the home page', async () => {
    const path = join(await mkdtemp(join(tmpdir(), 'signer-')), 'runs')
    await using server = await broker(failingIn(path))
    await token(server.url)
    const page = await (await fetch(server.url)).text()
    expect(page).toContain('(signer_failed)')
    expect(page).not.toContain('1234')
    expect(JSON.stringify(server.lines())).toContain('1234')
  })

  it('is replaced by a reload, also when only its arguments have changed', async () => {
    const sign = { command: [process.execPath, '-e', program.replace('key.pem', keyPath), 'wrong'], jwk }
    const exits = `${program.replace('key.pem', keyPath)}; if (process.argv[1] === 'wrong') process.exit(4)`
    const config = (argument: string) => configWith({ ...sign, command: [process.execPath, '-e', exits, argument] })
    await using server = await startBroker(config('wrong'))
    expect((await token(server.url)).status).toBe(503)
    await server.reload(config('right'))
    expect((await token(server.url)).status).toBe(200)
  })
})

describe('a broker does not start when the key of a connection', () => {
  it.each([
    ['is a command without its public key', { command: ['sign'] }, 'connections.users.key.jwk'],
    ['has a private key as the public one', { command: ['sign'], jwk: { ...jwk, d: 'x' } }, 'private key'],
    ['has no known signature format', { command: ['sign'], jwk, signature: 'pem' }, 'connections.users.key.signature'],
    ['is in two places', { sshAgent: 'a', file: 'b' }, 'must have one of file, keyring, sshAgent, command or managed'],
    ['is in a file that has settings of a command', { file: 'b', input: 'digest' }, 'only with command'],
    ['has a misspelt setting', { sshagent: 'a' }, 'Did you mean sshAgent?'],
  ])('%s', async (_name, key, message) => {
    await expect(broker(key)).rejects.toMatchObject({
      code: 'options_invalid',
      message: expect.stringContaining(message),
    })
  })
})
