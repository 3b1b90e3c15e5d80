import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { canCreatePasskeys, requestOptions, startPasskeyOrg } from '../../support/passkeys.test.support.js'
import { describeInPowerShell } from '../../support/shell.test.support.js'

describeInPowerShell('a passkey at a custom domain', () => {
  describe.skipIf(!canCreatePasskeys)('in Chromium', () => {
    let org: Awaited<ReturnType<typeof startPasskeyOrg>>
    beforeAll(async () => {
      org = await startPasskeyOrg({ hasCustomDomain: true })
    })
    afterAll(() => org[Symbol.asyncDispose]())

    it('is registered for the domain that PowerShell has connected to', async () => {
      const given = { ...org.given, login: org.given.users[0]?.login }
      const { output, errors } = await org.shell.run(
        `Connect-Okta -Tenant $given.tenant -ApiToken (ConvertTo-SecureString $given.apiToken -AsPlainText -Force)
        ${requestOptions('-Login $given.login')}`,
        given,
      )
      expect(errors).toEqual([])
      const options = JSON.parse(output[0])
      expect(options).toMatchObject({
        Tenant: new URL(given.tenant).host,
        PublicKeyOptions: { rp: { id: 'localhost' } },
      })
      expect(org.okta.orgUrl.hostname).not.toBe('localhost')
      const registered = await org.shell.run(
        '($given.options | Register-OktaPasskey -AttestationPublicKeyCredential $given.credential).Status',
        { options, credential: await org.createPasskey(output[0]) },
      )
      expect(registered).toMatchObject({ output: ['ACTIVE'], errors: [] })
    })
  })
})
