import { once } from 'node:events'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { describeInPowerShell } from '../support/shell.test.support.js'
import { byKey, signIn, startTwoShells } from '../support/two-shells.test.support.js'

const adopt = 'Connect-Okta -ContextScope CurrentUser'
const saved = '@(Get-OktaContext -ListAvailable).Count'

describeInPowerShell('Disconnect-Okta', () => {
  let shells: Awaited<ReturnType<typeof startTwoShells>>
  beforeAll(async () => {
    shells = await startTwoShells()
  })
  afterAll(() => shells[Symbol.asyncDispose]())
  beforeEach(async () => {
    await shells.grace.runInNewRunspace(byKey('a'), shells.given)
    shells.a.clearRequests()
  })

  it('keeps the sign-in of an app, and names -NoRevoke, when this process does not have the key', async () => {
    const { output, errors } = await shells.ada.runInNewRunspace(
      `${adopt}
      Disconnect-Okta
      ${saved}
      (Invoke-OktaApi GET '/api/v1/users?limit=1').status`,
    )
    expect(output).toEqual([1, 'ACTIVE'])
    expect(errors).toEqual([
      expect.objectContaining({
        id: 'OktaKeyRequired,Disconnect-Okta',
        category: 'AuthenticationError',
        recommendedAction: expect.stringMatching(/Connect-Okta .*-JsonWebKey.*-NoRevoke/),
      }),
    ])
  })

  it('deletes the sign-in without a request when -NoRevoke is given', async () => {
    const { output, errors, warnings } = await shells.ada.runInNewRunspace(
      `${adopt}
      Disconnect-Okta -NoRevoke
      ${saved}
      Get-OktaContext`,
    )
    expect({ output, errors, warnings }).toEqual({ output: [0], errors: [], warnings: [] })
    expect(shells.a.requests).toEqual([])
  })

  it('deletes the sign-in of a key without a request when -NoRevoke is given', async () => {
    const { output, errors } = await shells.ada.runInNewRunspace(
      `${byKey('a')}\nDisconnect-Okta -NoRevoke -Verbose\n${saved}`,
      shells.given,
    )
    expect({ output, errors }).toEqual({ output: [0], errors: [] })
    expect(shells.a.requests).toEqual([])
  })

  it('revokes the token when the process has connected with the key', async () => {
    const { output, errors } = await shells.ada.runInNewRunspace(
      `${byKey('a')}\nDisconnect-Okta\n${saved}`,
      shells.given,
    )
    expect({ output, errors }).toEqual({ output: [0], errors: [] })
    expect(shells.a.requests.map(({ path }) => path)).toEqual(['/oauth2/v1/revoke'])
  })

  it.skipIf(process.platform === 'win32')('revokes the token when the list of sign-ins cannot be read', async () => {
    // Opening a socket fails with ENXIO.
    const unreadable = createServer().listen(join(shells.home, '.local/state/connect-okta/tokens/a.json'))
    await once(unreadable, 'listening')
    const { output, errors } = await shells.ada.runInNewRunspace(
      `${byKey('a')}
      Get-OktaContext -ListAvailable
      Disconnect-Okta`,
      shells.given,
    )
    await new Promise(resolve => unreadable.close(resolve))
    expect(output).toEqual([])
    expect(errors.map(({ id }) => id)).toEqual(['OktaStoreFailed,Get-OktaContext'])
    expect(shells.a.requests.map(({ path }) => path)).toEqual(['/oauth2/v1/revoke'])
  })

  it('deletes only the sign-in of its own account when -NoRevoke is given', async () => {
    const connected = await shells.ada.runInNewRunspace(signIn, shells.given)
    // The last sign-in of the app is the first in the list.
    await shells.grace.runInNewRunspace(`${signIn} -Force`, shells.given)
    const { output, errors } = await shells.ada.runInNewRunspace(
      'Disconnect-Okta -NoRevoke\n(Get-OktaContext -ListAvailable).Account -ne $null',
    )
    expect([...connected.errors, ...errors]).toEqual([])
    expect(output).toEqual(['grace.hopper@example.com'])
  })
})
