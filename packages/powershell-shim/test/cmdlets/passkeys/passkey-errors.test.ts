import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { canCreatePasskeys, connect, requestOptions, startPasskeyOrg } from '../../support/passkeys.test.support.js'
import { describeInPowerShell } from '../../support/shell.test.support.js'

describeInPowerShell('Register-OktaPasskey', () => {
  describe.skipIf(!canCreatePasskeys)('with a passkey of Chromium', () => {
    let org: Awaited<ReturnType<typeof startPasskeyOrg>>
    let given: (typeof org)['given'] & { login: string; userId: string }
    beforeAll(async () => {
      org = await startPasskeyOrg()
      const [, grace] = org.given.users
      given = { ...org.given, login: grace?.login ?? '', userId: grace?.id ?? '' }
      await org.shell.run(connect, given)
    })
    afterAll(() => org[Symbol.asyncDispose]())
    beforeEach(() => org.okta.clearRequests())

    const optionsOf = async (parameters = '-Login $given.login') =>
      (await org.shell.run(requestOptions(parameters), given)).output[0] as string
    const register = async (options: string, credential: unknown) =>
      await org.shell.run('$given.options | Register-OktaPasskey -Credential $given.credential', {
        ...given,
        options: JSON.parse(options),
        credential,
      })

    it('reports E0000068 when the challenge has expired', async () => {
      const options = await optionsOf('-Login $given.login -ChallengeTimeout 00:01:00')
      const credential = await org.createPasskey(options)
      org.okta.advanceClock(61_000)
      const { output, errors } = await register(options, credential)
      org.okta.setClock()
      expect(output).toEqual([])
      expect(errors).toEqual([expect.objectContaining({ id: 'OktaApiFailed,Register-OktaPasskey' })])
      expect(org.okta.requests.at(-1)).toMatchObject({ status: 403 })
    })

    it('reports E0000068 with its properties when the passkey is for another challenge', async () => {
      const credential = await org.createPasskey(await optionsOf())
      const options = JSON.parse(await optionsOf())
      const { output, errors } = await org.shell.run(
        `try { $given.options | Register-OktaPasskey -Credential $given.credential -ErrorAction Stop }
        catch {
          $_.Exception.StatusCode; $_.Exception.ErrorCode; $_.Exception.ErrorSummary; $_.Exception.ErrorCauses
        }`,
        { ...given, options, credential },
      )
      expect(errors).toEqual([])
      expect(output).toEqual([
        ...[403, 'E0000068', 'Invalid Passcode/Answer'],
        "Your passcode doesn't match our records. Please try again.",
      ])
    })

    it('reports E0000068 when the passkey is for another host', async () => {
      const options = await optionsOf()
      const { response, ...credential } = await org.createPasskey(options)
      const clientData = JSON.parse(Buffer.from(response.clientDataJSON, 'base64').toString())
      const other = JSON.stringify({ ...clientData, origin: 'https://example.okta.com' })
      const clientDataJSON = Buffer.from(other).toString('base64url')
      const { errors } = await register(options, { ...credential, response: { ...response, clientDataJSON } })
      expect(errors).toEqual([expect.objectContaining({ id: 'OktaApiFailed,Register-OktaPasskey' })])
      expect(org.okta.requests.at(-1)).toMatchObject({ status: 403 })
    })

    it('sends no assertion, which is the result of a sign-in', async () => {
      const options = await optionsOf()
      await org.createPasskey(options)
      const assertion = await org.authenticator.get(JSON.parse(options).PublicKeyOptions.challenge)
      org.okta.clearRequests()
      for (const credential of [assertion, JSON.stringify(assertion)]) {
        const { errors } = await register(options, credential)
        expect(errors).toEqual([
          expect.objectContaining({
            id: 'OktaOptionsInvalid,Register-OktaPasskey',
            recommendedAction: expect.stringContaining('navigator.credentials.create'),
          }),
        ])
      }
      expect(org.okta.requests).toEqual([])
    })
  })
})
