import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { startOktaEmulator } from '@connect-okta/emulator'
import { describe, expect, it } from 'vitest'
import { parseLine } from '../support/clixml.test.support.js'
import { moduleFolder } from '../support/shell.test.support.js'
import { freeRedirectUri } from '../support/user-browser.test.support.js'

describe('the Node process', () => {
  function start(variables = {}) {
    const child = spawn(process.execPath, [join(moduleFolder, 'shim/shim.cjs')], {
      env: { PATH: process.env.PATH, HOME: '/nonexistent', CONNECT_OKTA_STORE: 'memory', ...variables },
    })
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
    return {
      child,
      next: async () => parseLine((await lines.next()).value),
      send: (line: string) => child.stdin.write(`${line}\n`),
      request: (id: number, method: string, parameters: object) =>
        child.stdin.write(`request ${id} ${method} ${JSON.stringify(parameters)}\n`),
      async end() {
        child.stdin.end()
        expect(await once(child, 'exit')).toEqual([0, null])
      },
    }
  }

  it('responds to requests, ignores other lines, and ends when its input ends', async () => {
    const { next, send, request, end } = start()
    request(1, 'context', {})
    expect(await next()).toEqual({ id: 1, status: 'ok', content: null })
    send('nonsense')
    send('request 2')
    request(3, 'toString', {})
    expect(await next()).toMatchObject({
      id: 3,
      status: 'error',
      content: { message: 'Unexpected error. This is a bug in ConnectOkta.' },
    })
    request(4, 'token', {})
    expect(await next()).toMatchObject({ id: 4, content: { code: 'login_required', isNotConnected: true } })
    await end()
  })

  it('uses only the session that a request names', async () => {
    const { next, send, request, end } = start()
    await using a = await startApi()
    await using b = await startApi()
    const connectTo = (tenant: string, id: number, session: string) =>
      request(id, 'connect', { tenant, apiToken: 'any-token', session })
    const call = (id: number, session: string) => request(id, 'api', { session, method: 'GET', path: '/x' })
    const expectResponseOf = async (id: number, url: string) => {
      expect(await next()).toEqual({ id, status: 'output', content: url })
      send(`continue ${id}`)
      expect(await next()).toMatchObject({ id, status: 'ok', content: null })
    }
    connectTo(a.url, 1, 'a')
    expect(await next()).toMatchObject({ id: 1, content: { orgUrl: a.url } })
    call(2, 'a')
    await expectResponseOf(2, a.url)
    // As after Ctrl+C: the module does not use the session that this call opens.
    connectTo(b.url, 3, 'b')
    expect(await next()).toMatchObject({ id: 3, content: { orgUrl: b.url } })
    call(4, 'a')
    await expectResponseOf(4, a.url)
    call(5, 'c')
    expect(await next()).toEqual({ id: 5, status: 'unknown-session', content: null })
    request(6, 'restore', { tenant: b.url, apiToken: 'any-token', session: 'c' })
    expect(await next()).toEqual({ id: 6, status: 'ok', content: null })
    call(7, 'c')
    await expectResponseOf(7, b.url)
    call(8, '')
    expect(await next()).toMatchObject({ id: 8, content: { isNotConnected: true } })
    await end()
  })

  it('reads a request when its JSON contains Unicode line separators', async () => {
    const { next, request, end } = start()
    request(1, 'connect', { tenant: 'a\u2028b\u0085c' })
    expect(await next()).toMatchObject({ id: 1, status: 'error', content: { code: 'options_invalid' } })
    await end()
  })

  it('warns before a user signs in to an app that was connected with a key', async () => {
    const { next, send, request, end } = start()
    const okta = await startOktaEmulator({ clients: [{ kind: 'service' }] })
    const { clientId, jwk } = okta.client('service')
    const app = { tenant: okta.orgUrl.origin, clientId, redirectUri: [await freeRedirectUri()] }
    const { redirectUri: _, ...program } = app
    request(1, 'connect', { ...program, jsonWebKey: JSON.stringify(jwk) })
    expect(await next()).toMatchObject({ id: 1, status: 'ok' })
    request(2, 'connect', { ...app, noBrowser: true })
    expect(await next()).toEqual({ notice: 'warning', content: expect.stringContaining('was connected with a key') })
    expect(await next()).toMatchObject({ notice: 'signIn' })
    send('cancel 2')
    expect(await next()).toMatchObject({ id: 2, content: { code: 'cancelled' } })
    await end()
    await okta.close()
  })

  it('ignores Ctrl+C, and ends a call when the module cancels it', async () => {
    const { child, next, send, request, end } = start()
    const silent = await startOktaEmulator({ clients: [{ kind: 'service' }] })
    silent.fault({ endpoint: '/oauth2/v1/token', delayMs: 60_000 })
    const { clientId, jwk } = silent.client('service')
    request(1, 'profiles', {})
    await next()
    child.kill('SIGINT')
    request(2, 'connect', { tenant: silent.orgUrl.origin, clientId, jsonWebKey: jwk })
    send('cancel 2')
    expect(await next()).toMatchObject({ id: 2, status: 'error', content: { code: 'cancelled' } })
    await end()
    await silent.close()
  })

  it('starts no program of the current folder when the platform is Windows', async () => {
    const hook = `Object.defineProperty(process, 'platform', { value: 'win32' })
      process.once('exit', () => console.error(process.env.NoDefaultCurrentDirectoryInExePath))`
    const { child, end } = start({ NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(hook)}` })
    const stderr = text(child.stderr)
    await end()
    expect(await stderr).toBe('1\n')
  })
})

/** An org that responds with its own URL. */
async function startApi() {
  const server = createServer((_request, response) =>
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(url)),
  ).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    url,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
    },
  }
}
