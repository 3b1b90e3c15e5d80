import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeInPowerShell, Shell } from '../../support/shell.test.support.js'

describeInPowerShell('the parameter sets of Connect-Okta', () => {
  let shell: Shell
  beforeAll(async () => {
    shell = await Shell.start()
  })
  afterAll(() => shell[Symbol.asyncDispose]())

  it.each(['', '-Scopes okta.users.read', '-UseDeviceCode'])(
    'require a tenant for a user, as in the original cmdlet: -ClientId c %s',
    async more => {
      const { errors } = await shell.run(`Connect-Okta -ClientId c ${more}`)
      expect(errors).toEqual([expect.objectContaining({ id: 'MissingMandatoryParameter,Connect-Okta' })])
      expect(errors[0]?.message).toContain('Tenant')
    },
  )

  // The original cmdlet asks for the tenant. The set Broker has these parameters too, without a tenant.
  it.each(['-JsonWebKey k', '-JsonWebKeyPath k', '-ClientSecret $secret', '-JsonWebKey k -Force'])(
    'require a tenant or a broker for a program: -ClientId c %s',
    async more => {
      const secret = `$secret = [Net.NetworkCredential]::new('', 'x').SecurePassword`
      const { errors } = await shell.run(`${secret}\nConnect-Okta -ClientId c ${more}`)
      expect(errors).toEqual([
        expect.objectContaining({
          id: 'OktaOptionsInvalid,Connect-Okta',
          message: '-Tenant is missing.',
          target: 'Tenant',
        }),
      ])
      expect(errors[0]?.recommendedAction).toContain('-Broker')
    },
  )

  it.each([
    ['a key with a secret', 'Connect-Okta -Tenant t -ClientId c -JsonWebKey k -ClientSecret $secret'],
    ['a client id with an API token', 'Connect-Okta -Tenant t -ClientId c -ApiToken $secret'],
  ])('are rejected when they are combined: %s', async (_what, script) => {
    const { errors } = await shell.run(`$secret = [Net.NetworkCredential]::new('', 'x').SecurePassword\n${script}`)
    expect(errors[0]?.id).toBe('AmbiguousParameterSet,Connect-Okta')
  })
})
