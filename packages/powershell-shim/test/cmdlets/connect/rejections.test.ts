import { afterEach, expect, it } from 'vitest'
import { OrgShell } from '../../support/org-shell.test.support.js'
import { describeInPowerShell } from '../../support/shell.test.support.js'

describeInPowerShell('a rejection of Connect-Okta', () => {
  const org = new OrgShell({
    org: {
      authorizationServers: [{ id: 'default', scopes: ['orders.read'] }],
      clients: [{ kind: 'service', scopes: ['okta.users.read'] }],
    },
  })
  afterEach(() => org.okta.reset())

  const app = '-Tenant $given.tenant -ClientId $given.clientId -JsonWebKey $given.jwk'
  const connect = async (parameters: string) => (await org.run(`Connect-Okta ${app} -Force ${parameters}`)).errors

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
    org.okta.setFeatures({ apiAccessManagement: false })
    expect(await connect('-Scopes orders.read -AuthorizationServer default')).toEqual([
      expect.objectContaining({ recommendedAction: expect.stringContaining('API Access Management') }),
    ])
  })

  it('names the access policy, not a sign-in, when the policy denies the app', async () => {
    await org.okta.update(org.given.clientId, { accessPolicy: false })
    expect(await connect('-Scopes orders.read -AuthorizationServer default')).toEqual([
      expect.objectContaining({
        id: 'OktaClientRejected,Connect-Okta',
        recommendedAction: expect.stringContaining('Authorization Servers > default > Access Policies'),
      }),
    ])
  })

  it('is found by Test-OktaConnection when the app has no admin role', async () => {
    await org.okta.update(org.given.clientId, { adminRole: false })
    const { output } = await org.run(
      `Test-OktaConnection ${app} -Scopes okta.users.read | Where-Object { $_.Outcome -eq 'failure' }`,
    )
    expect(output).toEqual([expect.objectContaining({ Check: 'app', Fix: expect.stringContaining('Admin roles') })])
  })
})
