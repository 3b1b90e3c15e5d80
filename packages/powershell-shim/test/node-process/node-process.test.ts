import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { type OktaEmulator, startOktaEmulator } from '@connect-okta/emulator'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { describeInPowerShell, Shell } from '../support/shell.test.support.js'

const connect =
  'Connect-Okta -Tenant $given.tenant -ClientId $given.clientId -JsonWebKey $given.jwk -Scopes okta.users.read'
const nodeProcess = '(& (Get-Module ConnectOkta) { $script:NodeProcess.Process })'
const kill = `${nodeProcess}.Kill(); ${nodeProcess}.WaitForExit()`

describeInPowerShell('the Node process of a runspace', () => {
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

  it('is started again with the session when it was killed', async () => {
    const { output, errors } = await shell.runInNewRunspace(
      `${connect}
      $before = ${nodeProcess}.Id
      ${kill}
      $null = Get-OktaAccessToken -ForceRefresh
      (Get-OktaContext).ClientId
      ${nodeProcess}.Id -ne $before`,
      given,
    )
    // Renewed by the key, which the store does not have.
    expect({ output, errors }).toEqual({ output: [given.clientId, true], errors: [] })
  })

  it('gets the API token again when it was killed', async () => {
    const { output, errors } = await shell.runInNewRunspace(
      `Connect-Okta -Tenant $given.tenant -ApiToken ([Net.NetworkCredential]::new('', $given.apiToken).SecurePassword)
      ${kill}
      (Invoke-OktaApi -Path '/api/v1/users?limit=1').status`,
      given,
    )
    expect({ output, errors }).toEqual({ output: ['ACTIVE'], errors: [] })
  })

  it('repeats a request when it was killed, unless Okta may have carried it out', async () => {
    const place = join(shell.home, 'process-id')
    await using org = await startKillingOrg(place)
    const run = (request: string) =>
      shell.runInNewRunspace(`${connect}\n[IO.File]::WriteAllText($given.place, ${nodeProcess}.Id)\n${request}`, {
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

  it('repeats no output when it was killed between two pages', async () => {
    const { output, errors } = await shell.runInNewRunspace(
      `${connect}
      Invoke-OktaApi -Path '/api/v1/users?limit=10' -Paginate | ForEach-Object { if ($_.id -eq $last.id) { 'again' }; $last = $_
        if (-not $killed) { $killed = $true; ${kill}; (Get-OktaContext).ClientId } }
      (Get-OktaContext).ClientId`,
      given,
    )
    expect(output).toEqual([given.clientId, given.clientId])
    expect(errors).toEqual([expect.objectContaining({ id: 'OktaShimEnded,Invoke-OktaApi' })])
  })

  it('runs cmdlets for each output of another one', async () => {
    const { output, errors } = await shell.runInNewRunspace(
      `${connect}
      Test-OktaConnection | ForEach-Object { (Get-OktaContext).ClientId } | Sort-Object -Unique`,
      given,
    )
    expect({ output, errors }).toEqual({ output: [given.clientId], errors: [] })
  })

  it('ends when its runspace closes or the module is removed', async () => {
    const { output } = await shell.runInNewRunspace(
      `${connect}
      $first = ${nodeProcess}
      Remove-Module ConnectOkta
      $first.WaitForExit(5000)`,
      given,
    )
    expect(output).toEqual([true])
    const {
      output: [id],
    } = await shell.runInNewRunspace(`${connect}\n${nodeProcess}.Id`, given)
    const { output: ended } = await shell.runInNewRunspace(`
      $until = [DateTime]::UtcNow.AddSeconds(5)
      while ([DateTime]::UtcNow -lt $until -and (& { try { -not [Diagnostics.Process]::GetProcessById(${id}).HasExited } catch { $false } })) {
        [Threading.Thread]::Sleep(20) }
      [DateTime]::UtcNow -lt $until`)
    expect(ended).toEqual([true])
  })

  it('is a separate one in each runspace when four connect at once', async () => {
    const { output, errors } = await shell.runInNewRunspace(
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
          (& (Get-Module ConnectOkta) { \`$script:NodeProcess.Process.Id })")
        @{ shell = $shell; begun = $shell.BeginInvoke() }
      }
      $results = foreach ($one in $shells) { , @($one.shell.EndInvoke($one.begun)); $one.shell.Streams.Error; $one.shell.Runspace.Close() }
      @($results | ForEach-Object { $_[0] }) -join ' '
      @($results | ForEach-Object { $_[1] } | Sort-Object -Unique).Count`,
      given,
    )
    expect({ output, errors }).toEqual({ output: ['ACTIVE ACTIVE ACTIVE ACTIVE', 4], errors: [] })
    // All of them use the token of the first.
    expect(okta.requests.filter(({ path }) => path === '/oauth2/v1/token').length).toBeLessThanOrEqual(1)
  })
})

/** An org that kills the Node process whose ID is in a file at its first request, and responds to the next. */
async function startKillingOrg(place: string) {
  let kills = true
  const server = createServer((request, response) => {
    request.resume()
    const respond = (body: object) =>
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    if (request.url === '/oauth2/v1/token') {
      respond({ access_token: 'a-token', token_type: 'Bearer', expires_in: 3600, scope: 'okta.users.read' })
    } else if (kills) {
      kills = false
      process.kill(Number(readFileSync(place, 'utf8')), 'SIGKILL')
    } else {
      respond([{ status: 'ACTIVE' }])
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
