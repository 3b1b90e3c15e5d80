import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { type OktaEmulator, startOktaEmulator } from '@connect-okta/emulator'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { parseLine } from './clixml.test.support.js'
import { describeInPowerShell, moduleFolder, Shell } from './shell.test.support.js'

const connect =
  'Connect-Okta -Tenant $given.tenant -ClientId $given.clientId -JsonWebKey $given.jwk -Scopes okta.users.read'
const shimProcess = '(& (Get-Module ConnectOkta) { $script:ShimProcess })'
const kill = `${shimProcess}.Kill(); ${shimProcess}.WaitForExit()`

describeInPowerShell('the shim behind the cmdlets', () => {
  let okta: OktaEmulator
  let shell: Shell
  let given: { tenant: string; clientId: string; jwk: string; apiToken: string | undefined }
  beforeAll(async () => {
    okta = await startOktaEmulator()
    shell = await Shell.start()
    const { clientId, jwk } = okta.client('service')
    given = { tenant: okta.orgUrl.origin, clientId, jwk: JSON.stringify(jwk), apiToken: okta.apiTokens[0]?.value }
  })
  afterAll(async () => {
    await shell[Symbol.asyncDispose]()
    await okta.close()
  })
  beforeEach(() => okta.clearRequests())

  it('is started once more when it has died, and told of the session', async () => {
    const { output, errors } = await shell.run(
      `${connect}
      $before = ${shimProcess}.Id
      ${kill}
      $null = Get-OktaAccessToken -ForceRefresh
      (Get-OktaContext).ClientId
      ${shimProcess}.Id -ne $before`,
      given,
    )
    // Renewed by the key, which the store does not have.
    expect({ output, errors }).toEqual({ output: [given.clientId, true], errors: [] })
  })

  it('is told of an API token too, which is nowhere but in the session', async () => {
    const { output, errors } = await shell.run(
      `Connect-Okta -Tenant $given.tenant -ApiToken ([Net.NetworkCredential]::new('', $given.apiToken).SecurePassword)
      ${kill}
      (Invoke-OktaApi -Path '/api/v1/users?limit=1').status`,
      given,
    )
    expect({ output, errors }).toEqual({ output: ['ACTIVE'], errors: [] })
  })

  it('dies in the middle of a request that is asked once more, unless it may have been carried out', async () => {
    const place = join(shell.home, 'process-id')
    await using org = await startFragileOrg(place)
    const run = (request: string) =>
      shell.run(`${connect}\n[IO.File]::WriteAllText($given.place, ${shimProcess}.Id)\n${request}`, {
        ...given,
        tenant: org.url,
        place,
      })
    const reading = await run("(Invoke-OktaApi -Path '/api/v1/users?limit=1').status")
    expect(reading).toMatchObject({ output: ['ACTIVE'], errors: [] })
    org.killAgain()
    const writing = await run('Invoke-OktaApi POST /api/v1/users -Body @{ profile = @{} }')
    expect(writing.errors).toEqual([
      expect.objectContaining({
        id: 'OktaShimEnded,Invoke-OktaApi',
        recommendedAction: expect.stringContaining('before you repeat it'),
      }),
    ])
  })

  it('ends with its runspace, and with the module', async () => {
    const { output } = await shell.run(
      `${connect}
      $first = ${shimProcess}
      Remove-Module ConnectOkta
      $first.WaitForExit(5000)`,
      given,
    )
    expect(output).toEqual([true])
    const {
      output: [id],
    } = await shell.run(`${connect}\n${shimProcess}.Id`, given)
    const { output: ended } = await shell.run(`
      $until = [DateTime]::UtcNow.AddSeconds(5)
      while ([DateTime]::UtcNow -lt $until -and (& { try { -not [Diagnostics.Process]::GetProcessById(${id}).HasExited } catch { $false } })) {
        [Threading.Thread]::Sleep(20) }
      [DateTime]::UtcNow -lt $until`)
    expect(ended).toEqual([true])
  })

  it('is one for each of four runspaces that are connected at once', async () => {
    const { output, errors } = await shell.run(
      `${connect}
      $shells = foreach ($index in 1..4) {
        $runspace = [runspacefactory]::CreateRunspace([initialsessionstate]::CreateDefault2())
        $runspace.Open()
        $runspace.SessionStateProxy.SetVariable('given', $given)
        $shell = [powershell]::Create()
        $shell.Runspace = $runspace
        $null = $shell.AddScript("Import-Module '$((Get-Module ConnectOkta).Path)'
          if ($index % 2) { ${connect.replaceAll('$', '`$')} }
          (Invoke-OktaApi -Path '/api/v1/users?limit=1').status
          (& (Get-Module ConnectOkta) { \`$script:ShimProcess.Id })")
        @{ shell = $shell; begun = $shell.BeginInvoke() }
      }
      $answers = foreach ($one in $shells) { , @($one.shell.EndInvoke($one.begun)); $one.shell.Streams.Error; $one.shell.Runspace.Close() }
      @($answers | ForEach-Object { $_[0] }) -join ' '
      @($answers | ForEach-Object { $_[1] } | Sort-Unique).Count`.replace(
        '@($answers | ForEach-Object { $_[1] } | Sort-Unique).Count',
        '[System.Collections.Generic.HashSet[int]]::new([int[]] @($answers | ForEach-Object { $_[1] })).Count',
      ),
      given,
    )
    expect({ output, errors }).toEqual({ output: ['ACTIVE ACTIVE ACTIVE ACTIVE', 4], errors: [] })
    // All of them share the token of the first.
    expect(okta.requests.filter(({ path }) => path === '/oauth2/v1/token').length).toBeLessThanOrEqual(1)
  })
})

describe('the shim by itself', () => {
  function start(...flags: string[]) {
    const child = spawn(process.execPath, [...flags, join(moduleFolder, 'shim/shim.cjs')], {
      env: { PATH: process.env.PATH, HOME: '/nonexistent', CONNECT_OKTA_STORE: 'memory' },
    })
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
    const next = async () => parseLine((await lines.next()).value)
    return {
      child,
      next,
      send: (message: unknown) =>
        child.stdin.write(`${typeof message === 'string' ? message : JSON.stringify(message)}\n`),
    }
  }

  it('speaks JSON-RPC 2.0, a line a message, and ends when its input does', async () => {
    const { child, next, send } = start()
    send({ jsonrpc: '2.0', id: 1, method: 'context' })
    expect(await next()).toEqual({ jsonrpc: '2.0', id: 1, result: null })
    send('nonsense')
    expect(await next()).toMatchObject({ id: null, error: { code: -32700 } })
    send({ jsonrpc: '2.0', id: 2, method: 'toString' })
    expect(await next()).toMatchObject({ id: 2, error: { code: -32601 } })
    send({ jsonrpc: '2.0', id: 3 })
    expect(await next()).toMatchObject({ id: 3, error: { code: -32600 } })
    send({ jsonrpc: '2.0', id: 4, method: 'token' })
    expect(await next()).toMatchObject({ id: 4, error: { data: { code: 'login_required', isNotConnected: true } } })
    child.stdin.end()
    expect(await once(child, 'exit')).toEqual([0, null])
  })

  it('never answers for another session than the one that a request names', async () => {
    const { child, next, send } = start()
    await using a = await startApi()
    await using b = await startApi()
    const connectTo = (tenant: string, id: number, session: string) =>
      send({ jsonrpc: '2.0', id, method: 'connect', params: { tenant, apiToken: 'any-token', session } })
    const ask = (id: number, session: string) =>
      send({ jsonrpc: '2.0', id, method: 'api', params: { session, method: 'GET', path: '/x' } })
    connectTo(a.url, 1, 'a')
    expect(await next()).toMatchObject({ id: 1, result: { orgUrl: a.url } })
    ask(2, 'a')
    expect(await next()).toMatchObject({ id: 2, result: { content: a.url } })
    // As after Ctrl+C: this one ends late, and the module knows nothing of it.
    connectTo(b.url, 3, 'b')
    expect(await next()).toMatchObject({ id: 3, result: { orgUrl: b.url } })
    ask(4, 'a')
    expect(await next()).toMatchObject({ id: 4, error: { code: -32001 } })
    send({ jsonrpc: '2.0', id: 5, method: 'restore', params: { tenant: a.url, apiToken: 'any-token', session: 'a' } })
    expect(await next()).toMatchObject({ id: 5, result: null })
    ask(6, 'a')
    expect(await next()).toMatchObject({ id: 6, result: { content: a.url } })
    ask(7, '')
    expect(await next()).toMatchObject({ id: 7, error: { data: { isNotConnected: true } } })
    child.stdin.end()
    await once(child, 'exit')
  })

  it('ends after a minute in which it was asked nothing at all, and not after one since it was', async () => {
    const fast = 'const after = setTimeout; globalThis.setTimeout = (job, ms, ...rest) => after(job, ms / 100, ...rest)'
    const inHaste = ['--import', `data:text/javascript,${encodeURIComponent(fast)}`]
    const asked = start(...inHaste)
    asked.send({ jsonrpc: '2.0', id: 1, method: 'context' })
    await asked.next()
    const unasked = start(...inHaste)
    expect(await once(unasked.child, 'exit')).toEqual([0, null])
    asked.send({ jsonrpc: '2.0', id: 2, method: 'context' })
    expect(await asked.next()).toMatchObject({ id: 2, result: null })
    asked.child.stdin.end()
    await once(asked.child, 'exit')
  })

  it('takes characters that end lines elsewhere for what they are', async () => {
    const { child, next, send } = start()
    send({ jsonrpc: '2.0', id: 1, method: 'connect', params: { tenant: 'a\u2028b\u0085c' } })
    expect(await next()).toMatchObject({ id: 1, error: { data: { code: 'options_invalid' } } })
    child.stdin.end()
    await once(child, 'exit')
  })

  it('takes no notice of Ctrl+C, and ends a call that is cancelled', async () => {
    const { child, next, send } = start()
    const silent = await startOktaEmulator({ clients: [{ kind: 'service' }] })
    silent.fault({ endpoint: '/oauth2/v1/token', delayMs: 60_000 })
    const { clientId, jwk } = silent.client('service')
    send({ jsonrpc: '2.0', id: 1, method: 'profiles' })
    await next()
    child.kill('SIGINT')
    send({
      jsonrpc: '2.0',
      id: 2,
      method: 'connect',
      params: { tenant: silent.orgUrl.origin, clientId, jsonWebKey: jwk },
    })
    send({ jsonrpc: '2.0', method: 'cancel', params: { id: 2 } })
    expect(await next()).toMatchObject({ id: 2, error: { data: { code: 'cancelled' } } })
    child.stdin.end()
    expect(await once(child, 'exit')).toEqual([0, null])
    await silent.close()
  })
})

/** An org that answers with its own URL. */
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

/** An org that kills the shim whose process id is in a file, when a request of it has arrived; it answers the next one. */
async function startFragileOrg(place: string) {
  let kills = true
  const server = createServer((request, response) => {
    request.resume()
    const answer = (body: object) =>
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    if (request.url === '/oauth2/v1/token') {
      answer({ access_token: 'a-token', token_type: 'Bearer', expires_in: 3600, scope: 'okta.users.read' })
    } else if (kills) {
      kills = false
      process.kill(Number(readFileSync(place, 'utf8')), 'SIGKILL')
    } else {
      answer([{ status: 'ACTIVE' }])
    }
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    killAgain() {
      kills = true
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
    },
  }
}
