import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { freePort, type OktaEmulator, ScriptedBrowser, startOktaEmulator } from '@connect-okta/emulator'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { licensesIn, permittedLicenses } from '../../scripts/testing/permitted-licenses.js'
import { installProgram, serviceApp } from './program.test.support.js'

const { version } = JSON.parse(
  await readFile(new URL('../../packages/powershell-shim/package.json', import.meta.url), 'utf8'),
)

let okta: OktaEmulator
beforeAll(async () => {
  okta = await startOktaEmulator()
})
afterAll(() => okta.close())

describe('the program, alone in a folder on a machine without Node', () => {
  it('prints its version and the help of each command', async () => {
    const { run } = await installProgram()
    expect(await run(['--version'])).toEqual({ stdout: `${version}\n`, stderr: '', code: 0 })
    expect((await run(['--help'])).stdout).toContain('connect-okta login')
    expect((await run(['token', '--help'])).stdout).toContain('--interactive')
    expect((await run(['completion', 'bash'])).stdout).toContain('connect-okta')
  })

  it('signs in with a key, calls the API, runs a program with the token, and revokes the token', async () => {
    const { home, run } = await installProgram()
    expect(await run(['login', '--profile', 'ci', ...(await serviceApp(okta, home))])).toMatchObject({ code: 0 })
    const { stdout: token } = await run(['token'])
    const headers = { authorization: `Bearer ${token.trim()}` }
    expect((await fetch(new URL('/api/v1/users', okta.orgUrl), { headers })).status).toBe(200)
    expect(JSON.parse((await run(['api', 'GET', '/api/v1/users', '-F', 'limit=3'])).stdout)).toHaveLength(3)
    expect(JSON.parse((await run(['status', '--json'])).stdout)).toHaveLength(1)
    expect(JSON.parse((await run(['doctor', '--json', '--profile', 'ci'])).stdout)).toContainEqual(
      expect.objectContaining({ check: 'app', outcome: 'ok' }),
    )

    const print = [
      'exec',
      '--profile',
      'ci',
      '--for',
      'env:OKTA_TOKEN',
      '--',
      process.execPath,
      '-p',
      'process.env.OKTA_TOKEN',
    ]
    expect(await run(print)).toMatchObject({ stdout: token, code: 0 })
    expect(await run(['logout', '--jwk-file', 'key.json'])).toMatchObject({ code: 0 })
    expect((await fetch(new URL('/api/v1/users', okta.orgUrl), { headers })).status).toBe(401)
  })

  it('signs in a user who opens the address in a browser', async () => {
    const [port, { state, start }] = [await freePort(), await installProgram()]
    const redirectUri = `http://localhost:${port}/login/callback`
    await using org = await startOktaEmulator({ clients: [{ kind: 'spa', redirectUris: [redirectUri] }] })
    const [user] = org.users
    const app = [
      '--tenant',
      org.orgUrl.origin,
      '--client-id',
      org.client('spa').clientId,
      '--scopes',
      'okta.users.read',
    ]
    const { child, ended } = start(['login', ...app, '--no-browser', '--redirect-uri', redirectUri])
    let address: string | undefined
    for await (const line of createInterface({ input: child.stderr })) {
      ;[address] = /http:\S+\/authorize\?\S+/.exec(line) ?? []
      if (address !== undefined) break
    }
    const { text } = await new ScriptedBrowser(org).visit(new URL(address ?? ''), user)
    expect(text).toContain(user?.login)
    expect(await ended).toBe(0)
    expect(await readdir(join(state, 'tokens'))).not.toEqual([])
  })

  it('serves tokens as the broker, with telemetry, until it is stopped', async () => {
    const { home, run, start } = await installProgram()
    await run(['login', '--profile', 'ci', ...(await serviceApp(okta, home))])
    const port = await freePort()
    const received: (string | undefined)[] = []
    const collector = createServer((request, response) => {
      received.push(request.url)
      request.resume().on('end', () => response.end())
    }).listen(0, '127.0.0.1')
    onTestFinished(() => void collector.close())
    await once(collector, 'listening')
    const telemetry = `http://127.0.0.1:${(collector.address() as AddressInfo).port}`
    const { child, ended } = start(['serve', '--listen', `localhost:${port}`, '--store', 'memory'], {
      OTEL_EXPORTER_OTLP_ENDPOINT: telemetry,
    })
    let secret: string | undefined
    for await (const line of createInterface({ input: child.stderr })) {
      ;[, secret] = /client secret +(\S+)/.exec(line) ?? []
      if (secret !== undefined) break
    }
    const form = new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: 'local',
      client_secret: secret ?? '',
    })
    const response = await fetch(`http://localhost:${port}/oauth2/token`, { method: 'POST', body: form })
    expect(await response.json()).toMatchObject({ token_type: 'Bearer', scope: 'okta.users.read' })
    const page = await fetch(`http://localhost:${port}/`)
    expect(await page.text()).toContain('<style')
    child.kill('SIGTERM')
    // Windows has no signals.
    if (process.platform === 'win32') return
    expect(await ended).toBe(0)
    expect(received).toContain('/v1/traces')
  })

  it('speaks the protocol of the PowerShell module', async () => {
    const { run } = await installProgram()
    expect(await run(['powershell-shim', '--version'])).toEqual({
      stdout: `powershell-shim ${version}\n`,
      stderr: '',
      code: 0,
    })
    const { stdout, code } = await run(['powershell-shim'], {}, 'request 1 profiles {}\nrequest 2 unknown {}\n')
    expect(stdout).toMatch(/^ok 1 /m)
    expect(stdout).toMatch(/^error 2 /m)
    expect(code).toBe(0)
  })

  it('runs no code of NODE_OPTIONS, and none of files beside it', async () => {
    const { home, run } = await installProgram()
    await writeFile(join(home, 'hook.cjs'), 'process.exit(42)')
    await writeFile(join(home, '../server.cjs'), 'process.exit(43)')
    await writeFile(join(home, '../package.json'), '{"type":"module","main":"server.cjs"}')
    for (const args of [['--version'], ['serve', '--new-secret']]) {
      expect(await run(args, { NODE_OPTIONS: '--require ./hook.cjs' })).toMatchObject({ code: 0 })
    }
  })

  it('contains the client of Redis', async () => {
    const { home, run } = await installProgram()
    const app = await serviceApp(okta, home)
    const key = { CONNECT_OKTA_STORE_KEY: randomBytes(32).toString('base64') }
    const { stderr, code } = await run(['login', ...app, '--store', `redis://localhost:${await freePort()}`], key)
    expect(stderr).toMatch(/ECONNREFUSED/)
    expect(code).toBe(6)
  })
})

it('the licenses beside the program include those of Node, the broker and the keyring', async () => {
  const folder = fileURLToPath(new URL('../dist/program/', import.meta.url))
  const notices = await readFile(join(folder, 'THIRD-PARTY-NOTICES.txt'), 'utf8')
  for (const name of [
    'Node.js v24',
    'hono',
    '@hono/zod-openapi',
    'redis',
    'yargs',
    '@napi-rs/keyring',
    'lossless-json',
  ]) {
    expect(notices).toMatch(new RegExp(`^-{80}\n${name}[ .]`, 'm'))
  }
  expect(licensesIn(notices).filter(license => !permittedLicenses.includes(license))).toEqual([])
  expect(await readFile(join(folder, 'LICENSE'), 'utf8')).toContain('MIT License')
})
