import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, writeFile } from 'node:fs/promises'
import { request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { send } from '../test/support/relying-party.test.support.js'
import { selfSigned } from '../test/support/self-signed.test.support.js'
import { startOktaEmulator } from './start-okta-emulator.js'

const MAIN = fileURLToPath(new URL('../dist/main.js', import.meta.url))

let folder: string
const running: ChildProcess[] = []
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'okta-emulator-'))
})
afterEach(() => {
  for (const child of running.splice(0)) child.kill('SIGKILL')
})

function start(...args: string[]) {
  const child = spawn(process.execPath, [MAIN, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  running.push(child)
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', chunk => {
    stdout += chunk
  })
  child.stderr.on('data', chunk => {
    stderr += chunk
  })
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]()
  const ended = new Promise<{ code: number | null; stdout: string; stderr: string }>(resolve => {
    child.once('close', code => resolve({ code, stdout, stderr }))
  })
  return { child, ended, nextLine: async () => String((await lines.next()).value) }
}

interface StartupInfo {
  orgUrl: string
  clients: Record<string, unknown>[]
  users: Record<string, unknown>[]
}

describe('okta-emulator --json', () => {
  it('prints one line of JSON, keeps running, and exits with 0 on SIGTERM', async () => {
    const { child, ended, nextLine } = start('--json')
    const info: StartupInfo = JSON.parse(await nextLine())
    expect(info.users[0]).toEqual({ login: 'ada.lovelace@example.com', password: expect.any(String) })
    expect(info.clients).toHaveLength(5)
    expect(info.clients[0]).toEqual({
      clientId: expect.stringMatching(/^0oa\w{17}$/),
      kind: 'spa',
      dpop: false,
      redirectUris: ['http://localhost:8080/login/callback'],
    })
    expect(info.clients[2]).toMatchObject({ kind: 'web', clientSecret: expect.any(String) })
    expect(info.clients[3]).toMatchObject({
      kind: 'service',
      dpop: false,
      jwk: { kty: 'RSA', d: expect.any(String) },
    })
    const { status } = await send(new URL('/.well-known/okta-organization', info.orgUrl))
    expect(status).toBe(200)

    child.kill('SIGTERM')
    const { code, stdout, stderr } = await ended
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout.trim().split('\n')).toHaveLength(1)
  })

  it('exits with 0 on Ctrl+C', async () => {
    const { child, ended, nextLine } = start('--json')
    await nextLine()
    child.kill('SIGINT')
    expect(await ended).toMatchObject({ code: 0 })
  })

  it('reads apps and users from the configuration file', async () => {
    const file = join(folder, 'org.yaml')
    await writeFile(
      file,
      'clients: [{ kind: native, clientId: 0oaFromTheFile000001 }]\nusers: [{ login: me@example.com }]\n',
    )
    const info: StartupInfo = JSON.parse(await start('--json', '--config', file).nextLine())
    expect(info.clients).toMatchObject([{ clientId: '0oaFromTheFile000001', kind: 'native' }])
    expect(info.users).toEqual([{ login: 'me@example.com', password: expect.any(String) }])
  })

  it('serves HTTPS with --tls-cert and --tls-key', async () => {
    const { cert, key } = selfSigned()
    const [certFile, keyFile] = [join(folder, 'cert.pem'), join(folder, 'key.pem')]
    await writeFile(certFile, cert)
    await writeFile(keyFile, key)
    const { nextLine } = start('--json', '--tls-cert', certFile, '--tls-key', keyFile)
    const { orgUrl }: StartupInfo = JSON.parse(await nextLine())
    expect(orgUrl).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/)
    const status = await new Promise((resolve, reject) => {
      const url = new URL('/.well-known/openid-configuration', orgUrl)
      request(url, { ca: cert }, response => resolve(response.statusCode))
        .on('error', reject)
        .end()
    })
    expect(status).toBe(200)
  })
})

describe('okta-emulator on a terminal', () => {
  it('prints its address, the users and how to stop it', async () => {
    const { child, ended, nextLine } = start('--org-url', 'https://example.okta.com')
    expect(await nextLine()).toBe('Okta emulator running at https://example.okta.com')
    expect(await nextLine()).toMatch(/^Listening on http:\/\/127\.0\.0\.1:\d+/)
    child.kill('SIGTERM')
    const { stdout } = await ended
    expect(stdout).toContain('ada.lovelace@example.com')
    expect(stdout).toContain('Ctrl+C')
  })

  it('prints its usage with --help', async () => {
    const { code, stdout, stderr } = await start('--help').ended
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toMatch(/^Usage: okta-emulator/)
    expect(stdout).toContain('Examples')
  })
})

describe('okta-emulator with invalid input', () => {
  it.each([
    ['an unknown flag', ['--prot', '1'], /Unknown option '--prot'/],
    ['an argument', ['8080'], /8080/],
    ['an invalid port', ['--port', '99999'], /--port: 99999/],
    ['a certificate without a key', ['--tls-cert', 'x.pem'], /--tls-cert and --tls-key must be given together/],
    ['an invalid URL', ['--org-url', 'example'], /--org-url: example/],
    ['a missing file', ['--config', '/nowhere/org.yaml'], /--config: .*\/nowhere\/org\.yaml/],
  ])('prints a usage error for %s', async (_what, args, message) => {
    const { code, stdout, stderr } = await start(...args).ended
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toMatch(message)
    expect(stderr).toContain('okta-emulator --help')
  })

  it('prints a usage error for an invalid certificate', async () => {
    const { code, stderr } = await start('--tls-cert', MAIN, '--tls-key', MAIN).ended
    expect(code).toBe(2)
    expect(stderr).toContain('--tls-cert, --tls-key: not a certificate and private key in PEM format')
  })

  it('names the invalid field of the configuration file', async () => {
    const file = join(folder, 'wrong.yaml')
    await writeFile(file, 'clients: [{ kind: spaa }]\n')
    const { code, stderr } = await start('--config', file).ended
    expect(code).toBe(2)
    expect(stderr).toContain(`${file}: clients[0].kind: `)
  })

  it('names the port when it is in use', async () => {
    await using okta = await startOktaEmulator()
    const { code, stderr } = await start('--port', okta.orgUrl.port).ended
    expect(code).toBe(1)
    expect(stderr).toBe(`okta-emulator: Port ${okta.orgUrl.port} is in use. Choose another with --port.\n`)
  })
})
