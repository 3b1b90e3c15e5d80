import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { canCreatePasskeys, connect, requestOptions, startPasskeyOrg } from '../../support/passkeys.test.support.js'
import { describeInPowerShell } from '../../support/shell.test.support.js'

describeInPowerShell('the registration of a passkey', () => {
  describe.skipIf(!canCreatePasskeys)('in Chromium', () => {
    let org: Awaited<ReturnType<typeof startPasskeyOrg>>
    let given: (typeof org)['given'] & { login: string; userId: string }
    beforeAll(async () => {
      org = await startPasskeyOrg()
      const [, grace] = org.given.users
      given = { ...org.given, login: grace?.login ?? '', userId: grace?.id ?? '' }
      await org.shell.run(connect, given)
    })
    afterAll(() => org[Symbol.asyncDispose]())

    /** Creates a passkey for the user, and runs a script with its JSON as `$given.credential`. */
    async function register(script: string, parameters = '-Login $given.login') {
      const { output, errors } = await org.shell.run(requestOptions(parameters), given)
      expect(errors).toEqual([])
      const credential = await org.createPasskey(output[0])
      const options = JSON.parse(output[0])
      const more = { options, credential, json: JSON.stringify(credential) }
      return { options, credential, ...(await org.shell.run(script, { ...given, ...more })) }
    }
    const show = '| ForEach-Object { $_.FactorId; $_.Status; $_.FactorType; $_.Provider; $_.Profile.CredentialId }'

    it.each([
      ['by login', '-Login $given.login -FactorId $given.options.FactorId -AttestationPublicKeyCredential $given.json'],
      ['by user ID', '-UserId $given.userId -FactorId $given.options.FactorId -Attestation $given.json'],
      ['as an object', '-UserId $given.userId -Factor $given.options.FactorId -Credential $given.credential'],
    ])('adds an active factor to the user when it is given %s', async (_name, parameters) => {
      const { output, errors, options, credential } = await register(`Register-OktaPasskey ${parameters} ${show}`)
      expect(errors).toEqual([])
      expect(output).toEqual([options.FactorId, 'ACTIVE', 'webauthn', 'FIDO', credential.id])
    })

    it('is sent for the options of the pipeline', async () => {
      const { output, errors, options } = await register(
        `$given.options | Register-OktaPasskey -AttestationPublicKeyCredential $given.json ${show}`,
        '-UserId $given.userId',
      )
      expect(errors).toEqual([])
      expect(output.slice(0, 2)).toEqual([options.FactorId, 'ACTIVE'])
    })

    it('is sent for a credential of the pipeline', async () => {
      const { output, errors } = await register(
        `$given.json | Register-OktaPasskey -Login $given.login -FactorId $given.options.FactorId ${show}`,
      )
      expect(errors).toEqual([])
      expect(output).toContain('ACTIVE')
    })

    const passkey = `@{
      UserId = $given.userId; FactorId = $given.options.FactorId
      attestation = $given.credential.response.attestationObject; clientData = $given.credential.response.clientDataJSON
    }`
    it.each([
      ['a hashtable', `Register-OktaPasskey -Passkey ${passkey}`],
      ['an object', `Register-OktaPasskey -Passkey ([pscustomobject] ${passkey})`],
      ['an object of the pipeline', `[pscustomobject] ${passkey} | Register-OktaPasskey`],
      ['JSON', `Register-OktaPasskey -Passkey (ConvertTo-Json ${passkey})`],
      [
        'an object without a user',
        `$passkey = ${passkey}; $passkey.Remove('UserId'); Register-OktaPasskey -Passkey $passkey -Login $given.login`,
      ],
    ])('is sent when -Passkey is %s', async (_name, script) => {
      const { output, errors } = await register(`$(${script}).Status`)
      expect({ output, errors }).toEqual({ output: ['ACTIVE'], errors: [] })
    })

    it('has times in UTC, and is in the list of the factors of the user', async () => {
      const { output, errors, options } = await register(
        `$passkey = Register-OktaPasskey -Login $given.login -FactorId $given.options.FactorId -Credential $given.json
        "$($passkey.Created.GetType().Name) $($passkey.Created.Kind) $(([datetime]::UtcNow - $passkey.Created).TotalMinutes -lt 5)"
        "$($passkey.LastUpdated.GetType().Name) $($passkey.VendorName) $($passkey.Profile.AuthenticatorName)"
        $factor = Invoke-OktaApi "/api/v1/users/$($given.userId)/factors" | Where-Object id -eq $passkey.FactorId
        "$($factor.factorType) $($factor.status) $($factor.created -eq $passkey.Created)"
        (Invoke-OktaApi DELETE "/api/v1/users/$($given.userId)/factors/$($passkey.FactorId)" -StatusCodeVariable status)
        $status
        $PSStyle.OutputRendering = 'PlainText'
        $passkey | Out-String -Width 80`,
      )
      expect(errors).toEqual([])
      expect(output.slice(0, 4)).toEqual([
        'DateTime Utc True',
        'DateTime FIDO Authenticator',
        'webauthn ACTIVE True',
        204,
      ])
      expect(output[4]).toMatch(new RegExp(`FactorId +: ${options.FactorId}\n[^]*Status +: ACTIVE\n`))
    })

    it('works when the app requires DPoP', async () => {
      const dpop = connect.replaceAll('$given.app', '$given.dpopApp')
      await org.shell.run(dpop, given)
      const { output, errors } = await register(
        `(Get-OktaContext).TokenType; ($given.options | Register-OktaPasskey -Credential $given.json).Status`,
      )
      await org.shell.run(connect, given)
      expect({ output, errors }).toEqual({ output: ['DPoP', 'ACTIVE'], errors: [] })
    })

    it('sends nothing when -WhatIf is given, and once when it is sent twice', async () => {
      const call = '$given.options | Register-OktaPasskey -Credential $given.json'
      const { output, errors } = await register(
        `${call} -WhatIf
        (${call}).Status
        ${call}`,
      )
      expect(output).toEqual(['ACTIVE'])
      expect(errors.map(({ id, category }) => [id, category])).toEqual([
        ['OktaApiFailed,Register-OktaPasskey', 'PermissionDenied'],
      ])
    })
  })
})
