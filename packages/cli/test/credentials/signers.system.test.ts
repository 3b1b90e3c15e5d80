import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { startOktaEmulator } from '@connect-okta/emulator'
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest'
import { emptyHome, run as runCommand } from '../support/run.test.support.js'

const exec = promisify(execFile)
const { sshAgent, openssl } = inject('systemNeeds')
let home: string
let env: Record<string, string>
let stop: () => Promise<unknown>

beforeEach(async () => {
  home = await emptyHome()
  env = { HOME: home }
  stop = async () => {}
})
afterEach(() => stop())

const run = (args: readonly string[]) => runCommand(args, env)

/** Starts an ssh-agent with keys, whose files are deleted. */
async function startAgent(...keys: readonly (readonly string[])[]): Promise<void> {
  const socket = join(home, 'agent')
  const agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: 'ignore' })
  stop = async () => {
    agent.kill()
    await once(agent, 'exit')
  }
  env = { ...env, SSH_AUTH_SOCK: socket, PATH: process.env.PATH ?? '' }
  await expect.poll(() => existsSync(socket)).toBe(true)
  for (const [index, flags] of keys.entries()) {
    const path = join(home, `key-${index}`)
    await exec('ssh-keygen', ['-q', '-N', '', '-f', path, ...flags])
    await exec('ssh-add', ['-q', path], { env })
    await exec('rm', [path])
  }
}

describe.skipIf(sshAgent === undefined)('a key in an ssh-agent', () => {
  it('is printed as a public JWK by keygen, and connects login, token and api', async () => {
    await startAgent(['-t', 'ecdsa', '-b', '256', '-C', 'okta production'])
    const printed = await run(['keygen', '--ssh-agent', 'okta production'])
    expect(printed).toMatchObject({ code: 0, stderr: expect.stringContaining('--ssh-agent') })
    const publicJwk = JSON.parse(printed.stdout)
    expect(publicJwk).toMatchObject({ kty: 'EC', crv: 'P-256', alg: 'ES256', use: 'sig', kid: expect.any(String) })
    expect(publicJwk).not.toHaveProperty('d')

    await using okta = await startOktaEmulator({ clients: [{ kind: 'service', jwks: { keys: [publicJwk] } }] })
    const { clientId } = okta.client('service')
    const connection = ['--tenant', okta.orgUrl.origin, '--client-id', clientId, '--scopes', 'okta.users.read']
    const app = [...connection, '--ssh-agent', 'okta production']
    expect(await run(['token', ...app, '--store', 'memory'])).toMatchObject({ code: 0 })
    expect(await run(['api', '/api/v1/users?limit=1', ...app])).toMatchObject({ code: 0 })
    expect(await run(['login', '--profile', 'agent', ...app])).toMatchObject({ code: 0 })
    expect((await run(['profiles', 'show', 'agent'])).stdout).toContain('okta production')
    expect(await run(['token', '--profile', 'agent', '--force-refresh'])).toMatchObject({ code: 0 })
    for (const flags of [
      ['--profile', 'agent'],
      app,
      ['--ssh-agent', 'okta production'],
      ['--all', '--ssh-agent', 'okta production'],
      ['--all', '--profile', 'agent'],
    ]) {
      expect(await run(['login', '--profile', 'agent', '--force'])).toMatchObject({ code: 0 })
      const ended = await run(['logout', ...flags, '--json'])
      expect({ flags, ...ended, stdout: JSON.parse(ended.stdout || '[]') }).toMatchObject({
        code: 0,
        stdout: [{ clientId, revoked: true }],
      })
    }
    await run(['login', '--profile', 'agent'])
    await run(['profiles', 'remove', 'agent'])
    expect(await run(['logout'])).toMatchObject({ code: 2, stderr: expect.stringContaining('--ssh-agent KEY') })
  })

  it.each([
    ['no key has the name', 'other', /other/],
    ['several keys have the name', 'twin', /SHA256:[\s\S]*SHA256:/],
    ['Okta does not accept its type', 'ed', /Ed25519/],
  ])('is an error that says what to do when %s', async (_what, name, message) => {
    const [ec, rsa] = [
      ['-t', 'ecdsa', '-C', 'twin'],
      ['-t', 'rsa', '-b', '2048', '-C', 'twin'],
    ]
    await startAgent(ec, rsa, ['-t', 'ed25519', '-C', 'ed'])
    const printed = await run(['keygen', '--ssh-agent', name])
    expect(printed).toMatchObject({ stdout: '', stderr: expect.stringMatching(message) })
    expect(printed.code).toBeGreaterThan(1)
  })

  it('is an error when there is no agent', async () => {
    expect(await run(['keygen', '--ssh-agent', 'x'])).toMatchObject({ code: 6, stdout: '' })
  })

  it('excludes another key and a new one', async () => {
    expect(await run(['token', '--ssh-agent', 'x', '--jwk-file', 'y'])).toMatchObject({ code: 2 })
    expect(await run(['keygen', '--ssh-agent', 'x', '--type', 'P-256'])).toMatchObject({ code: 2, stdout: '' })
  })
})

describe.skipIf(openssl === undefined)('a key behind a command', () => {
  const keyPair = async (name: string) => {
    const key = join(home, `${name}.pem`)
    await exec('openssl', ['genpkey', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256', '-out', key])
    await exec('openssl', ['pkey', '-in', key, '-pubout', '-out', join(home, `${name}.pub`)])
    return { key, publicKey: join(home, `${name}.pub`) }
  }

  it('is printed as a public JWK by keygen, which connects a profile', async () => {
    env = { ...env, PATH: process.env.PATH ?? '' }
    const { key, publicKey } = await keyPair('own')
    const command = ['openssl', 'dgst', '-sha256', '-sign', key]
    const printed = await run(['keygen', '--command', '--public-key', publicKey, '--', ...command])
    expect(printed).toMatchObject({ code: 0, stderr: expect.stringContaining('key: { command:') })
    // An argument may be a PIN.
    expect(printed.stderr).not.toContain(key)
    const jwk = JSON.parse(printed.stdout)
    expect(jwk).toMatchObject({ kty: 'EC', crv: 'P-256', alg: 'ES256', kid: expect.any(String) })

    await using okta = await startOktaEmulator({ clients: [{ kind: 'service', jwks: { keys: [jwk] } }] })
    const { clientId } = okta.client('service')
    const profile = { tenant: okta.orgUrl.origin, clientId, scopes: ['okta.users.read'], key: { command, jwk } }
    await exec('mkdir', ['-p', '-m', '700', join(home, '.config/connect-okta')])
    const file = join(home, '.config/connect-okta/profiles.yaml')
    await writeFile(file, JSON.stringify({ profiles: { hsm: profile } }), { mode: 0o600 })
    expect(await run(['token', '--profile', 'hsm'])).toMatchObject({ code: 0 })
    const ended = await run(['logout', '--profile', 'hsm', '--json'])
    expect(JSON.parse(ended.stdout)).toMatchObject([{ clientId, revoked: true }])
  })

  it.each([
    ['it signs with another key', ['other'], 6, /different key/],
    ['the command fails', ['missing'], 6, /openssl/],
  ])('is an error when %s', async (_what, [name = ''], code, message) => {
    env = { ...env, PATH: process.env.PATH ?? '' }
    const { publicKey } = await keyPair('own')
    await keyPair('other')
    const command = ['openssl', 'dgst', '-sha256', '-sign', join(home, `${name}.pem`)]
    const printed = await run(['keygen', '--command', '--public-key', publicKey, '--', ...command])
    expect(printed).toMatchObject({ code, stdout: '', stderr: expect.stringMatching(message) })
  })

  it.each([
    [['--command', '--public-key', 'public.pem'], /Missing command after --/],
    [['--command', '--', 'openssl'], /Missing required option: --public-key/],
    [['--', 'openssl'], /need --command/],
    [['--public-key', 'public.pem'], /need --command/],
  ])('is an error that shows an example when keygen gets %j', async (args, message) => {
    const printed = await run(['keygen', ...args])
    expect(printed).toMatchObject({ code: 2, stdout: '', stderr: expect.stringMatching(message) })
    expect(printed.stderr).toContain('keygen --command --public-key public.pem -- ')
  })
})
