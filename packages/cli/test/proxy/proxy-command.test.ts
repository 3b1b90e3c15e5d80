import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type OktaEmulator, startOktaEmulator } from '@connect-okta/emulator'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { emptyHome } from '../support/run.test.support.js'
import { flagsOfDpopApp, startProxy } from '../support/running-proxy.test.support.js'
import { runProgram, spawnProgram } from '../support/spawn.test.support.js'

let okta: OktaEmulator
let home: string
let app: string[]

beforeAll(async () => {
  okta = await startOktaEmulator({ clients: [{ kind: 'service', dpop: true }] })
  home = await emptyHome()
  app = await flagsOfDpopApp(okta, home)
})
afterAll(() => okta.close())

describe('proxy', () => {
  it('has another token in each run', async () => {
    const [proxy, other] = [await startProxy(app, home), await startProxy(app, home)]
    expect(other.token).toMatch(/^[\w-]{43}$/)
    expect(other.token).not.toBe(proxy.token)
    await Promise.all([proxy.end(), other.end()])
  })

  it('prints an address, the token and an example that works', async () => {
    const { child, end } = spawnProgram(['proxy', ...app, '--listen', '127.0.0.1:0'], { HOME: home })
    const [shown] = await once(child.stdout, 'data')
    const [, header = '', url = ''] = /echo '(.*)' \| curl -H @- (http:\S+)/.exec(String(shown)) ?? []
    const response = await fetch(url, { headers: { authorization: header.replace(/^Authorization: /, '') } })
    expect(response.status).toBe(200)
    child.kill('SIGINT')
    expect(await end).toEqual({ code: 0, signal: null })
  })

  it.each([
    [[], /^export OKTA_ORG_URL='http:\/\/localhost:\d+'\nexport OKTA_ACCESS_TOKEN='[\w-]{43}'\n$/],
    [['--shell', 'powershell'], /^\$env:OKTA_ORG_URL = 'http:\/\/localhost:\d+'\n/],
    [
      ['--for', 'okta-sdk-nodejs'],
      /^export OKTA_CLIENT_AUTHORIZATIONMODE='SSWS'\nexport OKTA_CLIENT_TOKEN='[\w-]{43}'\n/,
    ],
    [['--for', 'terraform', '--shell', 'cmd'], /set "OKTA_HTTP_PROXY=http:\/\/localhost:\d+"/],
  ])('prints variables for a shell with --format env %j', async (args, expected) => {
    const { child, end } = spawnProgram(['proxy', ...app, '--format', 'env', ...args], { HOME: home })
    const [shown] = await once(child.stdout, 'data')
    expect(String(shown)).toMatch(expected)
    child.kill('SIGTERM')
    await end
  })

  it('removes variables that a tool would use instead, and excludes this machine from a network proxy, with --format env', async () => {
    const flags = [...app, '--for', 'terraform', '--format', 'env']
    const env = {
      HOME: home,
      'OKTA_X;id;TOKEN': 'x',
      OKTA_API_TOKEN: 'not-a-real-token',
      https_proxy: 'http://127.0.0.1:9',
      NO_PROXY: '127.0.0.1',
    }
    const { child, end } = spawnProgram(['proxy', ...flags], env)
    const [shown] = await once(child.stdout, 'data')
    expect(String(shown).split('\n')).toEqual(
      expect.arrayContaining(['unset OKTA_API_TOKEN', "export NO_PROXY='127.0.0.1,localhost,127.0.0.1'"]),
    )
    expect(String(shown)).not.toContain(';')
    child.kill('SIGTERM')
    await end
  })

  it('rejects a variable without an address', async () => {
    const run = await runProgram(['proxy', ...app, '--for', 'env:TOKEN'], { HOME: home })
    expect(run).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('Use --for shell') })
  })

  it.each(['0.0.0.0:0', 'example.com:80', 'localhost:99999', ':8080', '192.168.1.1:80', '[::]:0'])(
    'rejects the address %s, which other machines may reach',
    async listen => {
      const run = await runProgram(['proxy', ...app, '--listen', listen], { HOME: home })
      expect(run).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('must be a loopback address') })
    },
  )

  it('reports a port that another program uses', async () => {
    const proxy = await startProxy(app, home)
    const run = await runProgram(['proxy', ...app, '--listen', proxy.url.host], { HOME: home })
    await proxy.end()
    expect(run).toMatchObject({
      code: 6,
      stdout: '',
      stderr: expect.stringMatching(/--listen localhost:0[\s\S]*\(port_in_use\)/),
    })
  })

  it('does not start when the org cannot be reached, and prints no secret', async () => {
    const token = join(home, 'api-token')
    await writeFile(token, 'canary-api-token', { mode: 0o600 })
    const unreachable = ['--tenant', 'http://127.0.0.1:9', '--api-token-file', token]
    const run = await runProgram(['proxy', ...unreachable], { HOME: home })
    expect(run).toMatchObject({ code: 5, stdout: '' })
    expect(run.stderr).not.toContain('canary-api-token')
  })
})
