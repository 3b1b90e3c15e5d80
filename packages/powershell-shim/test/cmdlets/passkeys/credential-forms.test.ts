import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  type Credential,
  canCreatePasskeys,
  connect,
  requestOptions,
  startPasskeyOrg,
} from '../../support/passkeys.test.support.js'
import { describeInPowerShell } from '../../support/shell.test.support.js'

const bytes = (text: string) => Buffer.from(text, 'base64')
const partsOf = ({ response }: Credential) => ({
  attestation: bytes(response.attestationObject),
  clientData: bytes(response.clientDataJSON),
})

// A credential of Chromium, in other forms.
const forms: readonly [string, (credential: Credential) => unknown][] = [
  [
    'in Base64',
    ({ id, type, response }) => ({
      ...{ id, type },
      response: {
        attestationObject: bytes(response.attestationObject).toString('base64'),
        clientDataJSON: bytes(response.clientDataJSON).toString('base64'),
      },
    }),
  ],
  [
    'as attestation and clientData',
    ({ response }) => ({
      attestation: response.attestationObject,
      clientData: response.clientDataJSON,
    }),
  ],
  [
    'as bytes',
    credential => {
      const { attestation, clientData } = partsOf(credential)
      return { attestation: [...attestation], clientData: [...clientData] }
    },
  ],
  [
    'with client data as text',
    credential => {
      const { attestation, clientData } = partsOf(credential)
      return { attestation: attestation.toString('base64url'), clientData: clientData.toString() }
    },
  ],
  // Its property ClientDataJson is text, and ClientData has the bytes.
  [
    'with the properties of DSInternals.Passkeys',
    credential => {
      const { attestation, clientData } = partsOf(credential)
      return {
        ...{ Id: [...bytes(credential.id)], RawId: [...bytes(credential.id)], Type: 'public-key' },
        Response: {
          ClientData: [...clientData],
          ClientDataJson: clientData.toString(),
          AttestationObject: [...attestation],
          Transports: null,
        },
      }
    },
  ],
]

describeInPowerShell('the credential of Register-OktaPasskey', () => {
  describe.skipIf(!canCreatePasskeys)('from Chromium', () => {
    let org: Awaited<ReturnType<typeof startPasskeyOrg>>
    let given: (typeof org)['given'] & { login: string }
    beforeAll(async () => {
      org = await startPasskeyOrg()
      given = { ...org.given, login: org.given.users[1]?.login ?? '' }
      await org.shell.run(connect, given)
    })
    afterAll(() => org[Symbol.asyncDispose]())

    async function created() {
      const { output } = await org.shell.run(requestOptions('-Login $given.login'), given)
      return { options: JSON.parse(output[0]), credential: await org.createPasskey(output[0]) }
    }

    it.each(forms)('can be JSON or an object %s', async (_name, formOf) => {
      for (const isText of [true, false]) {
        const { options, credential } = await created()
        const form = formOf(credential)
        const value = isText ? JSON.stringify(form) : form
        const { output, errors } = await org.shell.run(
          '($given.options | Register-OktaPasskey -AttestationPublicKeyCredential $given.value).Status',
          { ...given, options, value },
        )
        expect({ output, errors }).toEqual({ output: ['ACTIVE'], errors: [] })
      }
    })

    it('can have byte[] values in an object or a hashtable', async () => {
      for (const type of ['[pscustomobject]', '']) {
        const { options, credential } = await created()
        const { output, errors } = await org.shell.run(
          `$credential = ${type} @{
            attestation = [byte[]] $given.attestation
            clientData = [byte[]] $given.clientData
          }
          ($given.options | Register-OktaPasskey -AttestationPublicKeyCredential $credential).Status`,
          {
            ...given,
            options,
            attestation: [...partsOf(credential).attestation],
            clientData: [...partsOf(credential).clientData],
          },
        )
        expect({ output, errors }).toEqual({ output: ['ACTIVE'], errors: [] })
      }
    })

    it('can be the lines of a file', async () => {
      const { options, credential } = await created()
      const { output, errors } = await org.shell.run(
        `$file = Join-Path $HOME credential.json
        Set-Content $file $given.text
        ($given.options | Register-OktaPasskey -AttestationPublicKeyCredential (Get-Content $file)).Status`,
        { ...given, options, text: JSON.stringify(credential, undefined, 2) },
      )
      expect({ output, errors }).toEqual({ output: ['ACTIVE'], errors: [] })
    })
  })
})
