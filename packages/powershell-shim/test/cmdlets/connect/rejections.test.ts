import { type OktaEmulator, startOktaEmulator } from '@connect-okta/emulator'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { describeInPowerShell, Shell } from '../../support/shell.test.support.js'

describeInPowerShell('a rejection of Connect-Okta', () => {
  let okta: OktaEmulator
  let shell: Shell
  let given: Record<string, string>
  beforeAll(async () => {
    okta = await startOktaEmulator({
      authorizationServers: [{ id: 'default', scopes: ['orders.read'] }],
      clients: [{ kind: 'service', scopes: ['okta.users.read'] }],
    })
    shell = await Shell.start()
    const { clientId, jwk } = okta.client('service')
    given = { tenant: okta.orgUrl.origin, clientId, jwk: JSON.stringify(jwk) }
  })
  afterEach(() => okta.reset())
  afterAll(async () => {
    await shell[Symbol.asyncDispose]()
    await okta.close()
  })

  const app = '-Tenant $given.tenant -ClientId $given.clientId -JsonWebKey $given.jwk'
  const connect = async (parameters: string) =>
    (await shell.run(`Connect-Okta ${app} -Force ${parameters}`, given)).errors

  it.each([
    [
      'an okta.* scope at a custom server',
      '-Scopes okta.users.read -AuthorizationServer default',
      'Omit -AuthorizationServer',
    ],
    ['a custom scope at the org', '-Scopes orders.read', 'Add -AuthorizationServer'],
    ['a misspelt scope', '-Scopes okta.user.read', 'okta.users.read'],
    ['a scope that is not granted', '-Scopes okta.groups.read', 'Okta API Scopes > Grant'],
  ])('names what to change when the request has %s', async (_what, parameters, remedy) => {
    expect(await connect(parameters)).toEqual([
      expect.objectContaining({
        id: 'OktaScopeRejected,Connect-Okta',
        recommendedAction: expect.stringContaining(remedy),
      }),
    ])
  })

  it('names the list of authorization servers when the ID is unknown', async () => {
    expect(await connect('-Scopes orders.read -AuthorizationServer nope')).toEqual([
      expect.objectContaining({
        id: 'OktaOauthFailed,Connect-Okta',
        message: expect.stringContaining('nope (AuthorizationServer)'),
        recommendedAction: expect.stringContaining('Security > API > Authorization Servers'),
      }),
    ])
  })

  it('names the feature when the org has no API Access Management', async () => {
    okta.setFeatures({ apiAccessManagement: false })
    expect(await connect('-Scopes orders.read -AuthorizationServer default')).toEqual([
      expect.objectContaining({ recommendedAction: expect.stringContaining('API Access Management') }),
    ])
  })

  it('names the access policy, not a sign-in, when the policy denies the app', async () => {
    await okta.update(given.clientId ?? '', { accessPolicy: false })
    expect(await connect('-Scopes orders.read -AuthorizationServer default')).toEqual([
      expect.objectContaining({
        id: 'OktaClientRejected,Connect-Okta',
        recommendedAction: expect.stringContaining('Authorization Servers > default > Access Policies'),
      }),
    ])
  })

  it('is found by Test-OktaConnection when the app has no admin role', async () => {
    await okta.update(given.clientId ?? '', { adminRole: false })
    const { output } = await shell.run(
      `Test-OktaConnection ${app} -Scopes okta.users.read | Where-Object { $_.Outcome -eq 'failure' }`,
      given,
    )
    expect(output).toEqual([expect.objectContaining({ Check: 'app', Fix: expect.stringContaining('Admin roles') })])
  })
})
