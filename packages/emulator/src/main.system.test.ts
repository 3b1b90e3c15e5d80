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

interface Greeting {
  orgUrl: string
  clients: Record<string, unknown>[]
  users: Record<string, unknown>[]
}

describe('okta-emulator --json', () => {
  it('says on its first line how to use it, stays up, and ends cleanly when told to', async () => {
    const { child, ended, nextLine } = start('--json')
    const greeting: Greeting = JSON.parse(await nextLine())
    expect(greeting.users[0]).toEqual({ login: 'ada.lovelace@example.com', password: expect.any(String) })
    expect(greeting.clients).toHaveLength(5)
    expect(greeting.clients[0]).toEqual({
      clientId: expect.stringMatching(/^0oa\w{17}$/),
      kind: 'spa',
      dpop: false,
      redirectUris: ['http://localhost:8080/login/callback'],
    })
    expect(greeting.clients[2]).toMatchObject({ kind: 'web', clientSecret: expect.any(String) })
    expect(greeting.clients[3]).toMatchObject({
      kind: 'service',
      dpop: false,
      jwk: { kty: 'RSA', d: expect.any(String) },
    })
    const { status } = await send(new URL('/.well-known/okta-organization', greeting.orgUrl))
    expect(status).toBe(200)

    child.kill('SIGTERM')
    const { code, stdout, stderr } = await ended
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout.trim().split('\n')).toHaveLength(1)
  })

  it('ends cleanly on Ctrl+C too', async () => {
    const { child, ended, nextLine } = start('--json')
    await nextLine()
    child.kill('SIGINT')
    expect(await ended).toMatchObject({ code: 0 })
  })

  it('reads apps and users from a file', async () => {
    const file = join(folder, 'org.yaml')
    await writeFile(
      file,
      'clients: [{ kind: native, clientId: 0oaFromTheFile000001 }]\nusers: [{ login: me@example.com }]\n',
    )
    const greeting: Greeting = JSON.parse(await start('--json', '--config', file).nextLine())
    expect(greeting.clients).toMatchObject([{ clientId: '0oaFromTheFile000001', kind: 'native' }])
    expect(greeting.users).toEqual([{ login: 'me@example.com', password: expect.any(String) }])
  })

  it('answers by HTTPS with a certificate, under its public URL', async () => {
    const { cert, key } = selfSigned()
    const [certFile, keyFile] = [join(folder, 'cert.pem'), join(folder, 'key.pem')]
    await writeFile(certFile, cert)
    await writeFile(keyFile, key)
    const { nextLine } = start('--json', '--tls-cert', certFile, '--tls-key', keyFile)
    const { orgUrl }: Greeting = JSON.parse(await nextLine())
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

describe('okta-emulator for a person', () => {
  it('tells where it is, who can sign in and how to stop', async () => {
    const { child, ended, nextLine } = start('--org-url', 'https://example.okta.com')
    expect(await nextLine()).toBe('An Okta org is running at https://example.okta.com')
    expect(await nextLine()).toMatch(/^It listens at http:\/\/127\.0\.0\.1:\d+/)
    child.kill('SIGTERM')
    const { stdout } = await ended
    expect(stdout).toContain('ada.lovelace@example.com')
    expect(stdout).toContain('Ctrl+C')
  })

  it('explains itself', async () => {
    const { code, stdout, stderr } = await start('--help').ended
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toMatch(/^Usage: okta-emulator/)
    expect(stdout).toContain('Examples')
  })
})

describe('okta-emulator used wrongly', () => {
  it.each([
    ['an unknown flag', ['--prot', '1'], /Unknown option '--prot'/],
    ['an argument', ['8080'], /8080/],
    ['a port that is none', ['--port', '99999'], /--port: 99999/],
    ['half of a key pair', ['--tls-cert', 'x.pem'], /--tls-cert and --tls-key go together/],
    ['a URL that is none', ['--org-url', 'example'], /--org-url: example/],
    ['a file that is not there', ['--config', '/nowhere/org.yaml'], /--config: .*\/nowhere\/org\.yaml/],
  ])('says so for %s', async (_what, args, message) => {
    const { code, stdout, stderr } = await start(...args).ended
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toMatch(message)
    expect(stderr).toContain('okta-emulator --help')
  })

  it('says when certificate and key are none', async () => {
    const { code, stderr } = await start('--tls-cert', MAIN, '--tls-key', MAIN).ended
    expect(code).toBe(2)
    expect(stderr).toContain('--tls-cert, --tls-key: no certificate and key in PEM form')
  })

  it('names the field of the file that is wrong', async () => {
    const file = join(folder, 'wrong.yaml')
    await writeFile(file, 'clients: [{ kind: spaa }]\n')
    const { code, stderr } = await start('--config', file).ended
    expect(code).toBe(2)
    expect(stderr).toContain(`${file}: clients[0].kind: `)
  })

  it('says when the port is taken', async () => {
    await using okta = await startOktaEmulator()
    const { code, stderr } = await start('--port', okta.orgUrl.port).ended
    expect(code).toBe(1)
    expect(stderr).toBe(`okta-emulator: port ${okta.orgUrl.port} is in use; choose another with --port\n`)
  })
})
