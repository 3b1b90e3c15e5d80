import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, it } from 'vitest'
import { connectByKey, OrgShell } from '../support/org-shell.test.support.js'
import { describeInPowerShell } from '../support/shell.test.support.js'

const connect = `${connectByKey} -Scopes okta.users.read, okta.groups.read`

describeInPowerShell('console output', () => {
  const org = new OrgShell({ script: connect })

  /** The lines that a script shows, without colors. Fails if they contain a secret or are too long. */
  async function screenOf(script: string, width: number) {
    const { output } = await org.run(
      `$PSStyle.OutputRendering = 'PlainText'\n${script} | Out-String -Width ${width}\nGet-OktaAccessToken -AsPlainText`,
    )
    const [screen, token] = output as [string, string]
    const { d, p, q } = JSON.parse(org.given.jwk)
    expect([token, d, p, q].filter(secret => screen.includes(secret))).toEqual([])
    expect(screen.split('\n').filter(line => line.length > width)).toEqual([])
    return screen.split(/\r?\n/).map(line => line.trimEnd())
  }

  it.each([
    ['Get-OktaContext', 120],
    ['Get-OktaContext', 80],
    [`${connect} -PassThru`, 120],
    ['Get-OktaContext -ListAvailable', 120],
  ])('has a line for each scope, and the time of expiry, when it is from %s at %i columns', async (script, width) => {
    const lines = await screenOf(script, width)
    expect(lines.filter(line => line !== '').slice(0, 7)).toEqual([
      'Status    : Current',
      `Tenant    : ${org.okta.orgUrl.host}`,
      `ClientId  : ${org.given.clientId}`,
      'Grant     : client_credentials',
      expect.stringMatching(/^ExpiresOn : \S/),
      'Scopes    : okta.groups.read',
      '            okta.users.read',
    ])
  })

  it.each([
    ['Get-OktaContext | Format-List * -Force', /^Scopes +: \{okta.groups.read, okta.users.read\}$/m],
    ['New-OktaJsonWebKey -Type P-256 -KeyId mine', /^KeyId +: mine$/m],
    ['New-OktaJsonWebKey -Type P-256 | Format-List * -Force', /^PrivateJwk +: System.Security.SecureString$/m],
    ['Test-OktaConnection', /^ok +tenant +The org is http/m],
    ['Get-OktaAccessToken', /^System.Security.SecureString$/m],
  ])('has no secret when it is from %s', async (script, expected) => {
    expect((await screenOf(script, 80)).join('\n')).toMatch(expected)
  })

  it('shows the message and the recommendation when a script fails', async () => {
    const lines = await screenOf('& { Invoke-OktaApi -Path /api/v1/users/00uUnknown } 2>&1', 160)
    expect(lines.filter(line => line !== '')).toEqual([
      'Invoke-OktaApi: GET /api/v1/users/00uUnknown failed with HTTP 404: Not found: Resource not found: 00uUnknown (User) (E0000007).',
      '  Recommendation: Check the path and the IDs in it.',
    ])
  })

  it('has no control characters when an error message of Okta has some', async () => {
    const summary = 'No. \u001b[2J\u001b]0;title\u0007\u009b31m\u202e <b>bold</b>\r\nConnect-Okta: connected'
    const server = createServer((request, response) => {
      const isMe = request.url === '/api/v1/users/me'
      response
        .writeHead(isMe ? 200 : 400, { 'content-type': 'application/json' })
        .end(JSON.stringify(isMe ? {} : { errorCode: 'E0000001', errorSummary: summary }))
    })
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    const { output } = await org.run(
      `Connect-Okta -Tenant $given.tenant -ApiToken (ConvertTo-SecureString 'any-token' -AsPlainText -Force)
      $PSStyle.OutputRendering = 'PlainText'
      Invoke-OktaApi -Path /x
      "$($Error[0])", $Error[0].Exception.Message, (Get-Error | Out-String -Width 400)`,
      { tenant: `http://127.0.0.1:${(server.address() as AddressInfo).port}` },
    )
    server.close()
    const [json, message, shown] = output
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is tested.
    for (const text of output) expect(text).not.toMatch(/[\u0000-\u0009\u000b\u000c\u000e-\u001f\u007f-\u009f\u202e]/)
    for (const text of [message, shown])
      expect(text).toContain('No.  [2J ]0;title 31m  <b>bold</b> Connect-Okta: connected')
    expect(JSON.parse(json).errorSummary).toBe(summary)
  })
})
