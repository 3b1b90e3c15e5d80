import { type OktaEmulator, startOktaEmulator } from '@connect-okta/emulator'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { describeInPowerShell, Shell } from '../../support/shell.test.support.js'

const factorId = 'fwf1a2b3c4d5e6f7g8h9'
const valid = `@{ attestation = 'AAAA'; clientData = '{"type":"webauthn.create"}' }`
const options = 'Get-OktaPasskeyRegistrationOptions'

describeInPowerShell('the passkey cmdlets', () => {
  let okta: OktaEmulator
  let shell: Shell
  let given: { tenant: string; apiToken: string; login: string; userId: string }
  beforeAll(async () => {
    okta = await startOktaEmulator()
    shell = await Shell.start()
    const [, { login = '', id = '' } = {}] = okta.users
    given = { tenant: okta.orgUrl.origin, apiToken: okta.apiTokens[0]?.value ?? '', login, userId: id }
    await shell.run(
      'Connect-Okta -Tenant $given.tenant -ApiToken (ConvertTo-SecureString $given.apiToken -AsPlainText -Force)',
      given,
    )
  })
  afterAll(async () => {
    await shell[Symbol.asyncDispose]()
    await okta.close()
  })
  beforeEach(() => okta.clearRequests())

  it.each([
    ['by name', 'Get-OktaUserId -Login $given.login'],
    ['by an alias', 'Get-OktaUserId -Email $given.login'],
    ['by position', 'Get-OktaUserId $given.login'],
    ['by the pipeline', '$given.login | Get-OktaUserId'],
    ['by a property', '[pscustomobject] @{ UPN = $given.login } | Get-OktaUserId'],
  ])('return the ID of a user when the login is given %s', async (_name, script) => {
    const { output, errors } = await shell.run(script, given)
    expect({ output, errors }).toEqual({ output: [given.userId], errors: [] })
  })

  it('return the options of WebAuthn, with the RP ID', async () => {
    const { output, errors } = await shell.run(
      `${options} -Login $given.login -ChallengeTimeout 00:10:00 | ConvertTo-Json -Depth 9
      ($given.userId | ${options}).PublicKeyOptions.timeout
      (${options} -User $given.userId -Timeout 01:00:00).UserId`,
      given,
    )
    expect({ errors, rest: output.slice(1) }).toEqual({ errors: [], rest: [300_000, given.userId] })
    const { PublicKeyOptions, ...rest } = JSON.parse(output[0])
    expect(rest).toEqual({
      FactorId: expect.stringMatching(/^fwf\w{17}$/),
      UserId: given.userId,
      Tenant: okta.orgUrl.host,
      Embedded: { PublicKeyOptions },
    })
    expect(PublicKeyOptions).toMatchObject({
      challenge: expect.stringMatching(/^[\w-]+$/),
      rp: { id: okta.orgUrl.hostname, name: expect.any(String) },
      user: { id: expect.stringMatching(/^[\w-]+$/), name: given.login },
      timeout: 600_000,
      pubKeyCredParams: [
        { type: 'public-key', alg: -7 },
        { type: 'public-key', alg: -257 },
      ],
      excludeCredentials: [],
    })
    expect(okta.requests).toContainEqual(
      expect.objectContaining({
        method: 'POST',
        path: `/api/v1/users/${given.userId}/factors`,
        query: { tokenLifetimeSeconds: '600' },
      }),
    )
  })

  it.each([
    ['an unknown login', '-Login unknown@example.com'],
    ['a short name', '-Login grace.hopper'],
    ['me', '-Login me'],
    ['a path', '-Login ../groups'],
  ])('report an error when -Login is %s', async (_name, parameters) => {
    for (const cmdlet of [
      'Get-OktaUserId',
      options,
      `Register-OktaPasskey -FactorId ${factorId} -Credential ${valid}`,
    ]) {
      const { output, errors, thrown } = await shell.run(`${cmdlet} ${parameters}`, given)
      expect({ output, thrown }).toEqual({ output: [], thrown: null })
      expect(errors).toEqual([
        expect.objectContaining({ recommendedAction: 'Use the full login, such as ada.lovelace@example.com.' }),
      ])
    }
    expect(okta.requests.filter(({ method, path }) => method !== 'GET' || path === '/api/v1/groups')).toEqual([])
  })

  it.each([
    ['a path', '../../x'],
    ['a login', 'ada@example.com'],
    ['a query', '00u1a2b3c4d5e6f7g8h9?x'],
    ['an object', '$([pscustomobject] @{ id = 1 })'],
  ])('send nothing when -UserId or -FactorId is %s', async (_name, id) => {
    for (const script of [
      `${options} -UserId "${id}"`,
      `Register-OktaPasskey -UserId "${id}" -FactorId ${factorId} -Credential ${valid}`,
      `Register-OktaPasskey -UserId $given.userId -FactorId "${id}" -Credential ${valid}`,
    ]) {
      const { errors } = await shell.run(script, given)
      expect(errors).toEqual([
        expect.objectContaining({ category: 'InvalidArgument', message: expect.stringMatching(/-UserId|-FactorId/) }),
      ])
    }
    expect(okta.requests).toEqual([])
  })

  it.each([
    ['60 ticks', '60', '60|00:00:00'],
    ['nothing', '00:00:00', '1 second'],
    ['two days', '2.00:00:00', '1 day'],
    ['negative', '-00:01:00', '1 second'],
    ['text', 'soon', 'ChallengeTimeout'],
    ['$null', '$null', 'ChallengeTimeout'],
  ])('send nothing when -ChallengeTimeout is %s', async (_name, value, message) => {
    const { output, errors, thrown } = await shell.run(
      `${options} -Login $given.login -ChallengeTimeout:${value.startsWith('$') ? value : `'${value}'`}`,
      given,
    )
    expect(output).toEqual([])
    const error = thrown ?? errors[0]
    expect(error?.message).toMatch(/ChallengeTimeout/)
    expect(`${error?.message} ${error?.recommendedAction}`).toMatch(new RegExp(message))
    expect(okta.requests).toEqual([])
  })

  it('explain the unit when -ChallengeTimeout is a number', async () => {
    const { errors } = await shell.run(`${options} -Login $given.login -ChallengeTimeout 60`, given)
    expect(errors).toEqual([
      expect.objectContaining({
        id: `OktaOptionsInvalid,${options}`,
        message: expect.stringContaining('-ChallengeTimeout'),
        recommendedAction: expect.stringContaining('00:05:00'),
      }),
    ])
  })

  it.each(['-Login $given.login', '-UserId $given.userId', `-Login $given.login -FactorId ${factorId}`])(
    'name Windows Hello when there is no passkey: %s',
    async parameters => {
      const { errors, thrown } = await shell.run(`Register-OktaPasskey ${parameters}`, given)
      expect(thrown).toBeNull()
      expect(errors).toEqual([
        expect.objectContaining({
          id: 'OktaOptionsInvalid,Register-OktaPasskey',
          category: 'InvalidArgument',
          message: expect.stringContaining('Windows Hello'),
          recommendedAction: expect.stringContaining('Get-OktaPasskeyRegistrationOptions'),
        }),
      ])
      expect(okta.requests).toEqual([])
    },
  )

  it.each([
    ['$null', '$null'],
    ['a number', '5'],
    ['an empty array', '@()'],
    ['an array of objects', '@(@{ a = 1 }, @{ b = 2 })'],
    ['an empty hashtable', '@{}'],
    ['an empty text', "''"],
    ['text', "'credential.json'"],
    ['JSON of a list', "'[1, 2]'"],
    ['JSON of null', "'null'"],
    ['bytes', '([byte[]] (1, 2, 3))'],
    ['an object without client data', "@{ attestation = 'AAAA' }"],
    ['an object with a number', "@{ attestation = 5; clientData = '{}' }"],
    ['an object with other bytes', "@{ attestation = @(1, 256); clientData = 'AAAA' }"],
    ['an object with other text', "@{ attestation = 'not Base64!'; clientData = 'AAAA' }"],
    ['an object with client data that is not JSON', "@{ attestation = 'AAAA'; clientData = 'AAAA' }"],
    ['an object that refers to itself', '$self'],
    ['a script', '{ 1 }'],
    ['a SecureString', "(ConvertTo-SecureString 'x' -AsPlainText -Force)"],
  ])('send nothing when the credential is %s', async (_name, value) => {
    const { output, errors, thrown } = await shell.run(
      `$self = @{ attestation = 'AAAA' }; $self.self = $self
      Register-OktaPasskey -UserId $given.userId -FactorId ${factorId} -AttestationPublicKeyCredential ${value}`,
      given,
    )
    expect(output).toEqual([])
    const found = thrown === null ? errors : [thrown]
    expect(found).toEqual([
      expect.objectContaining({
        id: 'OktaOptionsInvalid,Register-OktaPasskey',
        message: expect.stringMatching(/passkey/i),
        recommendedAction: expect.stringMatching(
          /navigator\.credentials\.create|FactorId|Get-OktaPasskeyRegistrationOptions/,
        ),
      }),
    ])
    expect(okta.requests).toEqual([])
  })

  it.each([
    ['without a factor', '@{ UserId = $given.userId; attestation = 1; clientData = 1 }'],
    ['without a user', `@{ FactorId = '${factorId}'; attestation = 1; clientData = 1 }`],
    ['that is text', "'text'"],
    ['that is a number', '5'],
    ['that is an array', '(1, 2)'],
  ])('send nothing when -Passkey is one %s', async (_name, value) => {
    const { output, errors, thrown } = await shell.run(`Register-OktaPasskey -Passkey ${value}`, given)
    expect({ output, thrown }).toEqual({ output: [], thrown: null })
    expect(errors).toEqual([
      expect.objectContaining({
        id: 'OktaOptionsInvalid,Register-OktaPasskey',
        message: expect.stringContaining('-Passkey'),
      }),
    ])
    expect(okta.requests).toEqual([])
  })
})
