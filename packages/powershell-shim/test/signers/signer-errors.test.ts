import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { describeInPowerShell } from '../support/shell.test.support.js'
import { privateMembers, startOrgWithKeys } from '../support/signing-keys.test.support.js'

const app = '-Tenant $given.tenant -ClientId $given.bearer -Scopes okta.users.read -Force'
const invalid = 'OktaPrivateKeyInvalid,Connect-Okta'
const failed = 'OktaSignerFailed,Connect-Okta'

const publicCertificate =
  '[Security.Cryptography.X509Certificates.X509Certificate2]::new((New-TestCertificate).RawData)'
const unsignedJwt = `${Buffer.from('{"alg":"none"}').toString('base64url')}.e30.`
const curve = (name: string) =>
  `[Security.Cryptography.ECDsa]::Create([Security.Cryptography.ECCurve]::CreateFromFriendlyName('${name}'))`
const publicRsa =
  '$(New-Variable rsa ([Security.Cryptography.RSA]::Create()); $rsa.ImportParameters((New-TestRsa).ExportParameters($false)); $rsa)'

// The parameters, the error, and what its message and its recommended action contain.
const badInput: readonly (readonly [what: string, parameters: string, id: string, message: string, action: string])[] =
  [
    [
      'a certificate without a private key',
      `-Certificate (${publicCertificate})`,
      invalid,
      'no private key',
      'Import-PfxCertificate',
    ],
    [
      'several certificates',
      '-Certificate (1..2 | ForEach-Object { New-TestCertificate })',
      invalid,
      'has 2 certificates',
      'Select one',
    ],
    ['the path of a PFX file', '-Certificate ./app.pfx', invalid, 'text, not a certificate', 'Get-PfxCertificate'],
    ['an object', '-Certificate (Get-Date)', invalid, 'not a certificate', 'Get-Item'],
    [
      'a disposed certificate',
      '-Certificate $($one = New-TestCertificate; $one.Dispose(); $one)',
      invalid,
      'cannot be opened',
      'disposed',
    ],
    [
      'a certificate with a short RSA key',
      '-Certificate (New-TestCertificate ([Security.Cryptography.RSA]::Create(1024)))',
      invalid,
      'shorter than 2048 bits',
      '2048 bits',
    ],
    [
      'a thumbprint that is not found',
      `-CertificateThumbprint ${'0123456789'.repeat(4)}`,
      invalid,
      'No certificate',
      'Get-ChildItem',
    ],
    ['text that is not a thumbprint', '-CertificateThumbprint CN=app', invalid, 'not a thumbprint', 'Get-ChildItem'],
    ['a signing key with the curve secp256k1', `-SigningKey (${curve('secp256k1')})`, invalid, 'secP256k1', 'P-256'],
    [
      'a signing key with a Brainpool curve',
      `-SigningKey (${curve('brainpoolP256r1')})`,
      invalid,
      'brainpoolP256r1',
      'P-256',
    ],
    ['a DSA key', '-SigningKey ([Security.Cryptography.DSA]::Create(2048))', invalid, 'of the type DSA', 'RSA key'],
    ['the text of a key', '-SigningKey $given.rsa', invalid, 'not an RSA or ECDsa object', '-JsonWebKey'],
    [
      'a certificate as a signing key',
      '-SigningKey (New-TestCertificate)',
      invalid,
      'not an RSA or ECDsa object',
      '-Certificate',
    ],
    ['a disposed key', '-SigningKey $($one = New-TestRsa; $one.Dispose(); $one)', invalid, 'disposed', 'not disposed'],
    [
      'a key without its private part',
      `-SigningKey ${publicRsa}`,
      failed,
      'The signing key could not sign',
      'private part',
    ],
    [
      'a key whose use is cancelled',
      '-SigningKey $($one = New-TestKey; $one.IsCancelled = $true; $one)',
      failed,
      'you canceled the use of the key',
      'allow the use',
    ],
    [
      'a key without a modulus',
      '-SigningKey $($one = New-TestKey; $one.IsEmpty = $true; $one)',
      invalid,
      'cannot be read',
      'not disposed',
    ],
    ['a key object as -JsonWebKey', '-JsonWebKey (New-TestRsa)', invalid, 'must be text, not an object', '-SigningKey'],
    [
      'a certificate as -JsonWebKey',
      '-JsonWebKey (New-TestCertificate)',
      invalid,
      'must be text, not an object',
      '-Certificate',
    ],
    [
      'the public key of a certificate as -JsonWebKey',
      '-JsonWebKey (New-OktaJsonWebKey -SigningKey (New-TestRsa))',
      invalid,
      'public',
      'private',
    ],
  ]

describeInPowerShell('a key that cannot be used', () => {
  let org: Awaited<ReturnType<typeof startOrgWithKeys>>
  beforeAll(async () => {
    org = await startOrgWithKeys()
  })
  afterAll(() => org[Symbol.asyncDispose]())
  afterEach(async () => {
    await org.run('Disconnect-Okta -NoRevoke')
  })

  it.each(badInput)('is an error that says what to do: %s', async (_what, parameters, id, message, action) => {
    const { errors, thrown, output } = await org.run(
      `Connect-Okta ${app} ${parameters}; $Error | Format-List * -Force | Out-String`,
    )
    expect(thrown ?? errors[0]).toMatchObject({
      id,
      message: expect.stringContaining(message),
      recommendedAction: expect.stringContaining(action),
    })
    const shown = JSON.stringify([errors, thrown, output])
    expect([...privateMembers, String(org.given.rsa).slice(100, 140)].filter(part => shown.includes(part))).toEqual([])
  })

  it('has its text shortened, without tokens, when signing fails', async () => {
    const { errors, thrown } = await org.run(
      `$key = New-TestKey
      $key.Failure = "No ${unsignedJwt}.$([char] 27) " + 'x' * 100000
      Connect-Okta ${app} -SigningKey $key`,
    )
    const { message = '' } = thrown ?? errors[0] ?? {}
    expect(message).toMatch(/^The signing key could not sign: No \*\*\*/)
    expect(message.length).toBeLessThan(600)
  })

  it.each([
    ['-JsonWebKey', '-Certificate x -JsonWebKey y'],
    ['-SigningKey', '-Certificate x -SigningKey y'],
    ['-CertificateThumbprint', '-Certificate x -CertificateThumbprint y'],
    ['-UseDeviceCode', '-Certificate x -UseDeviceCode'],
    ['-Broker', '-Certificate x -Broker y'],
  ])('is an error of PowerShell when -Certificate is used with %s', async (_other, parameters) => {
    const { errors } = await org.run(`Connect-Okta ${app} ${parameters}`)
    expect(errors[0]?.id).toBe('AmbiguousParameterSet,Connect-Okta')
  })

  it.each([
    [
      'Test-OktaConnection',
      '-Tenant $given.tenant -Certificate (New-TestCertificate) -SigningKey (New-TestRsa)',
      'cannot be used together',
    ],
    ['New-OktaJsonWebKey', `-SigningKey (${curve('secp256k1')})`, 'secP256k1'],
    ['New-OktaJsonWebKey', '-SigningKey ([Security.Cryptography.RSA]::Create(1024))', 'shorter than 2048 bits'],
  ])('is an error of %s too: %s', async (cmdlet, parameters, message) => {
    const { errors } = await org.run(`${cmdlet} ${parameters}`)
    expect(errors).toEqual([expect.objectContaining({ message: expect.stringContaining(message) })])
  })

  it('fails to renew, and connects again with a valid object, when the object is disposed during the session', async () => {
    const { output, errors } = await org.run(`
      $key = New-TestRsa
      Connect-Okta ${app} -SigningKey $key
      $key.Dispose()
      (Invoke-OktaApi '/api/v1/users?limit=1').status
      Get-OktaAccessToken -ForceRefresh
      Connect-Okta ${app} -SigningKey (New-TestRsa)
      (Get-OktaAccessToken -ForceRefresh).GetType().Name`)
    expect(output).toEqual(['ACTIVE', 'SecureString'])
    expect(errors).toEqual([
      expect.objectContaining({
        id: 'OktaSignerFailed,Get-OktaAccessToken',
        message: expect.stringContaining('its object was disposed'),
        recommendedAction: expect.stringContaining('dispose of the key only after Disconnect-Okta'),
      }),
    ])
  })
})
