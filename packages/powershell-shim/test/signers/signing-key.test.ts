import { chmod, readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { describeInPowerShell, moduleFolder } from '../support/shell.test.support.js'
import { privateMembers, startOrgWithKeys } from '../support/signing-keys.test.support.js'

const app = (clientId: string) => `-Tenant $given.tenant -ClientId $given.${clientId} -Scopes okta.users.read`
const connect = (clientId = 'bearer') => `Connect-Okta ${app(clientId)} -SigningKey (New-TestKey)`
const use = "(Invoke-OktaApi '/api/v1/users?limit=1').status"
const hourMs = 3_660_000

describeInPowerShell('a signing key', () => {
  let org: Awaited<ReturnType<typeof startOrgWithKeys>>
  beforeAll(async () => {
    org = await startOrgWithKeys()
  })
  afterAll(() => org[Symbol.asyncDispose]())
  afterEach(async () => {
    await org.run('Disconnect-Okta -NoRevoke')
    org.okta.setClock()
  })

  async function expectOutput(script: string, expected: readonly unknown[]) {
    const url = await expireUrl()
    org.okta.clearRequests()
    const { output, errors, thrown } = await org.run(script, { expire: url, count: `${url}/count` })
    expect({ output, errors, thrown }).toEqual({ output: expected, errors: [], thrown: null })
  }

  // Scripts request /count for the number of API requests, and else let the token expire.
  const server = createServer(({ url }, response) => {
    if (url === '/count')
      return response.end(`${org.okta.requests.filter(({ path }) => path === '/api/v1/users').length}`)
    org.okta.advanceClock(hourMs)
    return response.end()
  })
  async function expireUrl(): Promise<string> {
    if (!server.listening) await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    return `http://127.0.0.1:${(server.address() as { port: number }).port}`
  }
  afterAll(() => {
    server.close()
  })

  it.each([
    ['that is RSA', 'bearer', '(New-TestKey)'],
    ['that is RSA, for DPoP', 'dpop', '(New-TestKey)'],
    ['that is ECDsa', 'ecBearer', '(New-TestEcdsa)'],
    ['that is ECDsa, for DPoP', 'ecDpop', '(New-TestEcdsa)'],
  ])('%s connects, renews and revokes', async (_what, clientId, key) => {
    const renew = 'Invoke-WebRequest $given.expire | Out-Null'
    const script = `Connect-Okta ${app(clientId)} -SigningKey ${key}
      ${use}; ${renew}; ${use}
      $a = Get-OktaAccessToken -AsPlainText
      $b = Get-OktaAccessToken -AsPlainText -ForceRefresh
      $a -cne $b
      Disconnect-Okta`
    await expectOutput(script, ['ACTIVE', 'ACTIVE', true])
    expect(org.okta.requests.at(-1)).toMatchObject({ path: '/oauth2/v1/revoke', status: 200 })
  })

  it('signs once for a token, and not for a stored one', async () => {
    await expectOutput(
      `$before = [TestRsa]::Signatures
      ${connect()}
      ${connect()}
      ${use}
      [TestRsa]::Signatures - $before`,
      ['ACTIVE', 1],
    )
  })

  it('renews the token of a request with -WhatIf and with the preference variable', async () => {
    await expectOutput(
      `${connect()}
      Invoke-WebRequest $given.expire | Out-Null
      $WhatIfPreference = $true
      ${use}
      Invoke-OktaApi POST /api/v1/users -Body @{} -WhatIf`,
      ['ACTIVE'],
    )
  })

  it('connects several client IDs that are piped', async () => {
    await expectOutput(
      `$given.bearer, $given.dpop | Connect-Okta -Tenant $given.tenant -SigningKey (New-TestKey) -Scopes okta.users.read -PassThru |
        ForEach-Object TokenType`,
      ['Bearer', 'DPoP'],
    )
  })

  it('signs again after the Node process has ended', async () => {
    await expectOutput(
      `${connect()}
      & (Get-Module ConnectOkta) { $script:NodeProcess.Process.Kill(); $script:NodeProcess.Process.WaitForExit() }
      (Get-OktaAccessToken -ForceRefresh).GetType().Name`,
      ['SecureString'],
    )
  })

  it.each([
    [
      'ForEach-Object -Parallel',
      `1..4 | ForEach-Object -ThrottleLimit 4 -Parallel { Import-Module '${moduleFolder}'; BODY }`,
    ],
    [
      'Start-ThreadJob',
      `1..4 | ForEach-Object { Start-ThreadJob { Import-Module '${moduleFolder}'; BODY } } | Receive-Job -Wait -AutoRemoveJob`,
    ],
  ])('signs once at a time for the runspaces of %s, which have not connected', async (_name, script) => {
    const body = '(Get-OktaAccessToken -ForceRefresh).GetType().Name'
    await expectOutput(
      `[TestRsa]::Overlaps = 0
      ${connect()}
      ${script.replace('BODY', body)}
      [TestRsa]::Overlaps`,
      [...Array(4).fill('SecureString'), 0],
    )
  })

  // The lock of the token would be held while the runspaces of the pipeline wait for it.
  it('requests no page while the pipeline runs, because the module signs only while it waits for a response', async () => {
    await expectOutput(
      `${connect()}
      $script:seen = 0
      Invoke-OktaApi '/api/v1/users?limit=5' -Paginate | ForEach-Object {
        $script:seen++
        if ($script:seen % 5 -eq 1) { Start-Sleep -Milliseconds 500; Invoke-RestMethod $given.count }
      } | Select-Object -First 3`,
      [1, 2, 3],
    )
  })

  it.each([
    ['the runspaces', `ForEach-Object -ThrottleLimit 1 -Parallel { Import-Module '${moduleFolder}'; BODY }`],
    ['a cmdlet', 'ForEach-Object { BODY }'],
  ])('renews the token for a request with pages and for %s of its pipeline', async (_what, command) => {
    const body = `if ($_ -eq 2) { $null = Invoke-RestMethod '${await expireUrl()}' }; ${use}`
    await expectOutput(
      `${connect()}
      $script:seen = 0
      Invoke-OktaApi '/api/v1/users?limit=5' -Paginate | ForEach-Object { $script:seen++; $script:seen } |
        Select-Object -First 12 | ${command.replace('BODY', body)}`,
      Array(12).fill('ACTIVE'),
    )
  })

  it('is used by Test-OktaConnection, as a parameter and of the session', async () => {
    const { output, errors } = await org.run(`
      Test-OktaConnection ${app('bearer')} -SigningKey (New-TestKey) -Quiet
      ${connect()}
      Test-OktaConnection | Where-Object Check -eq app | ForEach-Object Outcome`)
    expect({ output, errors }).toEqual({ output: [true, 'ok'], errors: [] })
  })

  it('never sends the private key to the Node process', async () => {
    const home = org.shell.home
    const recorder = join(home, 'recording-node')
    await writeFile(recorder, `#!/bin/sh\ntee -a "${home}/sent.txt" | "${process.execPath}" "$@"\n`)
    await chmod(recorder, 0o755)
    const { output, errors } = await org.run(`
      $env:CONNECT_OKTA_NODE = '${recorder}'
      Remove-Module ConnectOkta; Import-Module '${moduleFolder}'
      [TestRsa]::Exports = 0
      # This one could be exported.
      Connect-Okta ${app('bearer')} -SigningKey (New-TestRsa) -Force
      ${use}
      Connect-Okta ${app('ecBearer')} -Certificate (New-TestCertificate (New-TestEcdsa)) -Force
      $null = New-OktaJsonWebKey -Certificate (New-TestCertificate)
      ${connect()}
      Test-OktaConnection -Quiet
      Disconnect-Okta
      [TestRsa]::Exports
      $env:CONNECT_OKTA_NODE = ''`)
    expect({ output, errors }).toEqual({ output: ['ACTIVE', true, 0], errors: [] })
    const sent = await readFile(join(home, 'sent.txt'), 'utf8')
    expect(sent.match(/^signature /gm)?.length).toBeGreaterThan(2)
    const forms = privateMembers.flatMap(member => {
      const bytes = Buffer.from(member, 'base64url')
      return [member, bytes.toString('base64'), bytes.toString('hex'), bytes.toString('hex').toUpperCase()]
    })
    expect(forms.filter(form => sent.includes(form.slice(0, 40)))).toEqual([])
  })
})
