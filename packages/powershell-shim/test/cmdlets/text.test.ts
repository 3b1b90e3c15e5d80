import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, it } from 'vitest'
import { connectByKey, OrgShell } from '../support/org-shell.test.support.js'
import { describeInPowerShell } from '../support/shell.test.support.js'

const half = "'\u{1f600}'.Substring(0,1)"
const secret = (text: string) => `(ConvertTo-SecureString (${text}) -AsPlainText -Force)`
const status = "(Invoke-OktaApi -Path '/api/v1/users?limit=1').status"
const noControl = /^[^\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]*$/u

describeInPowerShell('text in parameters and responses', () => {
  const org = new OrgShell({ script: `${connectByKey} -Scopes okta.users.read` })

  it.each([
    ['Path', `Invoke-OktaApi -Path ('/api/v1/users/' + ${half})`],
    ['Path', `('/api/v1/users/' + ${half}) | Invoke-OktaApi`],
    ['Body', `Invoke-OktaApi POST /api/v1/users -Body ('{"a":"' + ${half} + '"}')`],
    ['Body', `Invoke-OktaApi POST /api/v1/users -Body @{ a = @(${half}) }`],
    ['Tenant', `Connect-Okta -Tenant ${half} -ClientId c -JsonWebKey k`],
    ['ClientId', `Connect-Okta -Tenant t.okta.com -ClientId (${half}) -JsonWebKey k`],
    ['Scopes', `Connect-Okta -Tenant t.okta.com -ClientId c -JsonWebKey k -Scopes okta.users.read, (${half})`],
    ['JsonWebKey', `Connect-Okta -Tenant t.okta.com -ClientId c -JsonWebKey (${half})`],
    ['ClientSecret', `Connect-Okta -Tenant t.okta.com -ClientId c -ClientSecret ${secret(half)}`],
    ['ApiToken', `Connect-Okta -Tenant t.okta.com -ApiToken ${secret(half)}`],
    ['RedirectUri', `Connect-Okta -Tenant t.okta.com -ClientId c -RedirectUri (${half})`],
    ['AuthorizationServer', `Connect-Okta -Tenant t.okta.com -ClientId c -AuthorizationServer (${half})`],
    ['Tenant', `Test-OktaConnection -Tenant (${half})`],
    ['KeyId', `New-OktaJsonWebKey -Type P-256 -KeyId (${half})`],
    ['Path', `New-OktaJsonWebKey -Type P-256 -Path (${half})`],
  ])('causes an error of -%s when it has half of a surrogate pair: %s', async (name, script) => {
    const { output, errors } = await org.run(`${script}\n${status}`)
    expect(output).toEqual(['ACTIVE'])
    expect(errors).toEqual([
      expect.objectContaining({
        id: expect.stringMatching(/^Okta(OptionsInvalid|PrivateKeyInvalid),/),
        category: 'InvalidArgument',
        target: name,
        message: expect.stringContaining(`-${name} `),
      }),
    ])
    expect(org.okta.requests.map(({ path }) => path)).toEqual(['/api/v1/users'])
  })

  it.each([
    ['a piped hashtable', "@{ id = '1' } | Invoke-OktaApi"],
    ['a piped object', "[pscustomobject] @{ id = '1' } | Invoke-OktaApi"],
    ['a row of a table', "'id', '1' | ConvertFrom-Csv | Invoke-OktaApi"],
    ['a response of Okta', "Invoke-OktaApi -Path '/api/v1/users?limit=1' | Invoke-OktaApi"],
    ['a piped file', 'Get-Item / | Invoke-OktaApi'],
    ['a piped process', 'Get-Process -Id $PID | Invoke-OktaApi'],
    ['a piped number', '5 | Invoke-OktaApi'],
    ['a piped date', '[datetime]::Now | Invoke-OktaApi'],
    ['a hashtable', "Invoke-OktaApi -Path @{ id = '1' }"],
    ['an object', "Invoke-OktaApi -Path ([pscustomobject] @{ id = '1' })"],
    ['a dictionary', 'Invoke-OktaApi -Path ([System.Collections.Generic.Dictionary[string, object]]::new())'],
    ['a process', 'Invoke-OktaApi -Path (Get-Process -Id $PID)'],
    ['XML', "Invoke-OktaApi -Path ([xml] '<a/>')"],
    ['an object within a text', 'Invoke-OktaApi -Path "/api/v1/users/$([pscustomobject] @{ id = 1 })"'],
  ])('causes an error of -Path, and no request, when it is %s', async (what, script) => {
    const { output, errors } = await org.run(script)
    expect(output).toEqual([])
    expect(errors).toEqual([
      expect.objectContaining({
        id: 'OktaOptionsInvalid,Invoke-OktaApi',
        target: 'Path',
        message: expect.stringContaining('must be text, not an object'),
      }),
    ])
    expect(org.okta.requests).toHaveLength(what.startsWith('a response') ? 1 : 0)
  })

  it.each([
    ['KeyId', 'New-OktaJsonWebKey -Type P-256 -KeyId ([pscustomobject] @{ id = 1 })'],
    ['AuthorizationServer', 'Connect-Okta -Tenant t.okta.com -ClientId c -AuthorizationServer @{ id = 1 }'],
    ['RedirectUri', 'Connect-Okta -Tenant t.okta.com -ClientId c -RedirectUri @{ id = 1 }'],
    ['Tenant', 'Test-OktaConnection -Tenant @{ id = 1 }'],
    ['JsonWebKey', 'Test-OktaConnection -Tenant t.okta.com -JsonWebKey @{ kty = 1 }'],
    ['Body', 'Invoke-OktaApi POST /api/v1/users -Body "$([pscustomobject] @{ id = 1 })"'],
  ])('causes an error of -%s when it is an object: %s', async (name, script) => {
    const { output, errors } = await org.run(script)
    expect(output).toEqual([])
    expect(errors).toEqual([
      expect.objectContaining({ target: name, message: `-${name} must be text, not an object.` }),
    ])
    expect(org.okta.requests).toEqual([])
  })

  it('causes an error when the path of a file is an object', async () => {
    const { errors } = await org.run('New-OktaJsonWebKey -Type P-256 -Path @{ name = 1 }')
    expect(errors).toMatchObject([{ target: 'Path', message: '-Path is not the path of a file.' }])
  })

  it('is accepted when it is a URL object', async () => {
    const { output, errors } = await org.run(
      `$url = [uri] "$($given.tenant)/api/v1/users?limit=1"
      ($url | Invoke-OktaApi).status, (Invoke-OktaApi -Path $url).status`,
    )
    expect({ output, errors }).toEqual({ output: ['ACTIVE', 'ACTIVE'], errors: [] })
  })

  it.each([
    ['a tenant', '-Tenant Microsoft.okta.com -ClientId c'],
    ['a custom domain', '-Tenant System.Example.Com -ClientId c'],
    ['a client ID', '-Tenant t.okta.com -ClientId System.Net.Id'],
    ['a scope', '-Tenant t.okta.com -ClientId c -Scopes Microsoft.Users.Read'],
  ])('is accepted when %s begins like the name of a type: %s', async (_what, parameters) => {
    const { errors } = await org.runInNewRunspace(
      `$env:HTTPS_PROXY = 'http://127.0.0.1:9'
      Connect-Okta ${parameters} -JsonWebKey $given.jwk
      $env:HTTPS_PROXY = ''`,
    )
    expect(errors.map(({ id }) => id)).toEqual(['OktaNetworkFailed,Connect-Okta'])
  })

  it('is accepted when a key ID or a path begins like the name of a type', async () => {
    const { output, errors } = await org.run(
      `(New-OktaJsonWebKey -Type P-256 -KeyId System.Example).KeyId
      Push-Location $HOME
      (New-OktaJsonWebKey -Type P-256 -Path Microsoft.PowerShell.json).Path
      (New-OktaJsonWebKey -Type P-256 -Path '@{a=1}.json').Path
      Pop-Location`,
    )
    const paths = ['Microsoft.PowerShell.json', '@{a=1}.json'].map(name => `${org.shell.home}/${name}`)
    expect({ output, errors }).toEqual({ output: ['System.Example', ...paths], errors: [] })
  })

  it.each([
    ['a null character', '"/api/v1/users/a`0b"'],
    ['Unicode line separators', "('/api/v1/users/a' + [char] 0x2028 + [char] 0x85 + [char] 0xfeff + 'b')"],
    ['line feeds and escapes', '"/api/v1/users/a`r`n`t$([char] 27)[2J"'],
    ['a million characters', "('/api/v1/users/' + ('a' * 1000000))"],
  ])('does not affect the next request when a path has %s', async (_what, path) => {
    const { output, errors } = await org.run(`Invoke-OktaApi -Path ${path}\n${status}`)
    expect(output).toEqual(['ACTIVE'])
    expect(errors).toHaveLength(1)
    expect(errors[0]?.message).toMatch(noControl)
    expect(errors[0]?.target).toMatch(noControl)
  })

  it('causes an error of -Body, and no request, when it is nested too deeply', async () => {
    const { output, errors } = await org.run(
      `$body = @{}; foreach ($level in 1..150) { $body = @{ a = $body } }
      Invoke-OktaApi POST /api/v1/users -Body $body\n${status}`,
    )
    expect(output).toEqual(['ACTIVE'])
    expect(errors).toEqual([expect.objectContaining({ id: 'OktaOptionsInvalid,Invoke-OktaApi', target: 'Body' })])
    expect(org.okta.requests.map(({ method }) => method)).toEqual(['GET'])
  })

  it('is escaped in messages when a parameter contains control characters', async () => {
    const odd = '`u{1b}[2J`u{9b}2J`u{202e}'
    const { errors, progress, output } = await org.run(
      `Connect-Okta -Tenant "${odd}" -ClientId c -JsonWebKey k
      Invoke-OktaApi -Path "${odd}"
      Invoke-OktaApi -Path "/api/v1/users?limit=100&a=${odd}" -Paginate | Out-Null
      $PSStyle.OutputRendering = 'PlainText'
      $Error | Out-String`,
    )
    expect(errors.length).toBeGreaterThan(1)
    for (const { message, target } of errors)
      expect([message, target]).toEqual([message, target].map(() => expect.stringMatching(noControl)))
    for (const one of progress) expect(one).toMatch(noControl)
    expect(String(output).replace(/[\r\n]/g, '')).toMatch(noControl)
  })

  it('is escaped in messages when a response contains control characters', async () => {
    const odd = '\u009b2J\u0085'
    const server = createServer((request, response) => {
      const headers = { 'content-type': 'application/json', link: `<${request.url}${odd}>; rel="next"` }
      const isNext = request.url?.includes('2J')
      response
        .writeHead(isNext ? 400 : 200, headers)
        .end(JSON.stringify(isNext ? { errorCode: `E${odd}`, errorSummary: `No ${odd}\u202e` } : []))
    })
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    const { errors, output } = await org.run(
      `Connect-Okta -Tenant $given.tenant -ApiToken ${secret("'any-token'")}
      Invoke-OktaApi -Path /x -Paginate
      $Error[0].Exception.Data['OktaErrorCode']
      Disconnect-Okta`,
      { tenant: `http://127.0.0.1:${(server.address() as AddressInfo).port}` },
    )
    server.close()
    expect(errors.map(({ id }) => id)).toEqual(['OktaApiFailed,Invoke-OktaApi'])
    for (const text of [errors[0]?.message, errors[0]?.target, ...output]) expect(text).toMatch(noControl)
  })
})
