import { spawn } from 'node:child_process'
import { mkdtemp, writeFile } from 'node:fs/promises'
import { request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { beforeAll, describe, expect, it } from 'vitest'
import { send } from '../test/support/relying-party.test.support.js'
import { MAIN, running, type StartupInfo, start, startAs } from '../test/support/run-emulator.test.support.js'
import { selfSigned } from '../test/support/self-signed.test.support.js'

// A user without rights.

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'okta-emulator-'))
})

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

  const text = 'clients: [{ kind: spa, clientId: 0oaFromTheFile000001 }]\npeople: 3\n'
  it.each([
    ['UTF-16 with a byte order mark', Buffer.from(`\uFEFF${text}`, 'utf16le')],
    ['big-endian UTF-16', Buffer.from(`\uFEFF${text}`, 'utf16le').swap16()],
    ['UTF-16 without a byte order mark', Buffer.from(text, 'utf16le')],
    ['UTF-8 with a byte order mark', Buffer.from(`\uFEFF${text}`)],
    ['CR as the line end', Buffer.from(text.replaceAll('\n', '\r'))],
  ])('reads a configuration file with %s', async (_what, bytes) => {
    const file = join(folder, 'encoded.yaml')
    await writeFile(file, bytes)
    const info: StartupInfo = JSON.parse(await start('--json', '--config', file).nextLine())
    expect(info.clients).toMatchObject([{ clientId: '0oaFromTheFile000001' }])
  })

  it('reads the configuration from the standard input', async () => {
    const { nextLine } = startAs({ stdin: text }, '--json', '--config', '-')
    const info: StartupInfo = JSON.parse(await nextLine())
    expect(info.clients).toMatchObject([{ clientId: '0oaFromTheFile000001' }])
  })

  it('reads a configuration file whose path starts with ~', async () => {
    await writeFile(join(folder, 'home.yaml'), text)
    const env = { ...process.env, HOME: folder, USERPROFILE: folder }
    const info: StartupInfo = JSON.parse(await startAs({ env }, '--json', '--config=~/home.yaml').nextLine())
    expect(info.clients).toMatchObject([{ clientId: '0oaFromTheFile000001' }])
  })

  it('reports a client that uses https when it serves http', async () => {
    const { child, ended, nextLine } = start('--json')
    const { orgUrl }: StartupInfo = JSON.parse(await nextLine())
    for (let attempt = 0; attempt < 2; attempt += 1) {
      await expect(fetch(orgUrl.replace('http:', 'https:'))).rejects.toThrow('fetch failed')
    }
    child.kill('SIGTERM')
    expect((await ended).stderr).toBe(
      `okta-emulator: A client sent an HTTPS request to ${orgUrl}. Use http, or start the emulator with a certificate.\n`,
    )
  })

  it('reports a client that uses http when it serves https', async () => {
    const { cert, key } = selfSigned()
    const [certFile, keyFile] = [join(folder, 'own.pem'), join(folder, 'own-key.pem')]
    await writeFile(certFile, cert)
    await writeFile(keyFile, key)
    const { child, ended, nextLine } = start('--json', '--tls-cert', certFile, '--tls-key', keyFile)
    const { orgUrl }: StartupInfo = JSON.parse(await nextLine())
    await expect(fetch(orgUrl.replace('https:', 'http:'))).rejects.toThrow('fetch failed')
    child.kill('SIGTERM')
    expect((await ended).stderr).toBe(`okta-emulator: A client sent an HTTP request to ${orgUrl}. Use https.\n`)
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
  it('converts an export of a real org to a configuration that it starts with', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'okta-export-'))
    const users = [
      { id: '00uabcdefghijklmnopq', profile: { login: 'jane.doe@acme.test', firstName: 'Jane', lastName: 'Doe' } },
    ]
    await writeFile(join(folder, 'users.json'), JSON.stringify(users))
    const { code, stdout } = await start('import', folder).ended
    expect(code).toBe(0)
    expect(stdout).toContain('00uabcdefghijklmnopq')
    expect(stdout).not.toMatch(/jane|doe|acme/i)
    const config = join(folder, 'org.yaml')
    await writeFile(config, stdout)
    const info: StartupInfo = JSON.parse(await start('--json', '--config', config).nextLine())
    expect(info.users).toHaveLength(1)
  })

  it.each([
    [['import'], 'import requires files or folders'],
    [['import', '/no/such/folder'], 'no such file or directory'],
    [['import', MAIN], 'main.js: The file is not valid JSON.'],
    [['import', '--verbose'], 'Unknown flag: --verbose'],
  ])('rejects %j', async (args, message) => {
    expect(await start(...args).ended).toMatchObject({ code: 2, stderr: expect.stringContaining(message) })
  })

  it('ends when the standard input closes, with --until-stdin-closes', async () => {
    const child = spawn(process.execPath, [MAIN, '--json', '--until-stdin-closes'], {
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    running.push(child)
    const ended = new Promise(resolve => child.once('close', resolve))
    const line: string = await new Promise(resolve => createInterface(child.stdout).once('line', resolve))
    expect((await send(JSON.parse(line).orgUrl)).status).toBe(200)
    child.stdin.end()
    expect(await ended).toBe(0)
  })

  it('rejects --until-stdin-closes with a configuration on the standard input', async () => {
    const { code, stderr } = await start('--until-stdin-closes', '--config', '-').ended
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('both read the standard input') })
  })

  it('prints its address, the users and how to stop it', async () => {
    const { child, ended, nextLine } = start('--org-url', 'https://example.okta.com')
    expect(await nextLine()).toBe('Okta emulator running at https://example.okta.com')
    expect(await nextLine()).toMatch(/^Listening on http:\/\/127\.0\.0\.1:\d+/)
    child.kill('SIGTERM')
    const { stdout } = await ended
    expect(stdout).toContain('ada.lovelace@example.com')
    expect(stdout).toContain('Ctrl+C')
  })

  it('listens again after an outage of the control panel', async () => {
    const { child, ended, nextLine } = start('--json')
    const { orgUrl }: StartupInfo = JSON.parse(await nextLine())
    const outage = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"forMs":300}' }
    expect((await fetch(new URL('/_emulator/unreachable', orgUrl), outage)).status).toBe(204)
    const isReachable = () =>
      fetch(new URL('/.well-known/okta-organization', orgUrl)).then(
        ({ ok }) => ok,
        () => false,
      )
    await expect.poll(isReachable).toBe(false)
    await expect.poll(isReachable, { timeout: 10_000 }).toBe(true)
    child.kill('SIGTERM')
    expect(await ended).toMatchObject({ code: 0 })
  })

  it('ends on SIGTERM during an outage', async () => {
    const { child, ended, nextLine } = start('--json')
    const { orgUrl }: StartupInfo = JSON.parse(await nextLine())
    const outage = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"forMs":600000}' }
    expect((await fetch(new URL('/_emulator/unreachable', orgUrl), outage)).status).toBe(204)
    child.kill('SIGTERM')
    expect(await ended).toMatchObject({ code: 0 })
  })

  it('prints its version with --version', async () => {
    expect(await start('--version').ended).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
    })
  })

  it('prints its usage with --help', async () => {
    const { code, stdout, stderr } = await start('--help').ended
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toMatch(/^Usage: okta-emulator/)
    expect(stdout).toContain('Examples')
  })
})
