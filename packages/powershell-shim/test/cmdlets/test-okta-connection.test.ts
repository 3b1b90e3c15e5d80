import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type OktaEmulator, startOktaEmulator } from '@connect-okta/emulator'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeInPowerShell, Shell } from '../support/shell.test.support.js'

describeInPowerShell('Test-OktaConnection', () => {
  let okta: OktaEmulator
  let shell: Shell
  beforeAll(async () => {
    okta = await startOktaEmulator()
    shell = await Shell.start()
  })
  afterAll(async () => {
    await shell[Symbol.asyncDispose]()
    await okta.close()
  })

  it('recommends -RedirectUri when the port of the redirect URI is in use', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { output, errors } = await shell.run(
      `Test-OktaConnection -Tenant $given.tenant -ClientId $given.clientId -RedirectUri $given.redirectUri |
        Where-Object { $_.Check -eq 'callback_port' }`,
      {
        tenant: okta.orgUrl.origin,
        clientId: okta.client('spa').clientId,
        redirectUri: `http://localhost:${(server.address() as AddressInfo).port}/login/callback`,
      },
    )
    server.close()
    expect(errors).toEqual([])
    expect(output).toEqual([
      expect.objectContaining({ Outcome: 'failure', Fix: expect.stringContaining('use it as -RedirectUri') }),
    ])
  })

  it('returns false when a check fails and -Quiet is given', async () => {
    const { output } = await shell.run('Test-OktaConnection -Tenant http://127.0.0.1:1 -Quiet')
    expect(output).toEqual([false])
  })
})
