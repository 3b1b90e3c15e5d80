import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { type OktaEmulator, startOktaEmulator } from '@connect-okta/emulator'
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import { emptyHome, jsonFile, run } from '../support/run.test.support.js'

let okta: OktaEmulator
let home: string
let env: Record<string, string>

beforeAll(async () => {
  okta = await startOktaEmulator({ clients: [{ kind: 'service' }, { kind: 'service', dpop: true }] })
})
afterAll(() => okta.close())
beforeEach(async () => {
  home = await emptyHome()
  env = { HOME: home }
})

describe('header', () => {
  const hasCurl = inject('systemNeeds').curl !== undefined

  const curl = async (headers: string, url: string) => {
    const child = promisify(execFile)('curl', ['--silent', '--header', '@-', '--write-out', '\n%{http_code}', url])
    child.child.stdin?.end(headers)
    const { stdout } = await child
    return { status: stdout.split('\n').at(-1), body: stdout.split('\n').slice(0, -1).join('\n') }
  }

  it.skipIf(!hasCurl)('prints headers that curl can use once when the token is bound to a key', async () => {
    const { clientId, jwk } = okta.client('service', { dpop: true })
    const keyFile = await jsonFile(home, 'key.json', jwk)
    const url = `${okta.orgUrl.origin}/api/v1/users?limit=3`
    const which = ['--client-id', clientId, '--scopes', 'okta.users.read', '--jwk-file', keyFile]
    const { stdout: headers } = await run(['header', '--method', 'GET', '--url', url, ...which], env)
    expect(headers).toMatch(/^authorization: DPoP \S+\ndpop: \S+\n$/)

    const { status, body } = await curl(headers, url)
    expect(status).toBe('200')
    expect(JSON.parse(body)).toHaveLength(3)
    expect((await curl(headers, url)).status).toBe('401')
  })

  it('sends a token only to its org', async () => {
    const { clientId, jwk } = okta.client('service', { dpop: false })
    const app = ['--tenant', okta.orgUrl.origin, '--client-id', clientId, '--scopes', 'okta.users.read']
    const login = ['login', ...app, '--jwk-file', await jsonFile(home, 'key.json', jwk)]
    expect(await run(login, env)).toMatchObject({ code: 0 })
    const foreign = ['header', '--url', 'https://evil.example/api', '--tenant', okta.orgUrl.origin]
    expect(await run(foreign, env)).toMatchObject({ code: 2, stdout: '' })
    expect(await run(['header', '--url', 'https://evil.example/api'], env)).toMatchObject({ code: 3, stdout: '' })
  })
})

describe('token', () => {
  it('warns that a bound token needs a proof', async () => {
    const { clientId, jwk } = okta.client('service', { dpop: true })
    const args = ['token', '--tenant', okta.orgUrl.origin, '--client-id', clientId, '--scopes', 'okta.users.read']
    const { stderr, stdout } = await run([...args, '--jwk-file', '-'], env, { input: JSON.stringify(jwk) })
    expect(stdout).toMatch(/^\S+\n$/)
    expect(stderr).toContain('connect-okta header')
    const header = await run(['token', '--format', 'header'], env)
    expect(header).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('connect-okta header') })
  })
})
