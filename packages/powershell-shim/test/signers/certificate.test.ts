import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { describeInPowerShell } from '../support/shell.test.support.js'
import { privateMembers, startOrgWithKeys } from '../support/signing-keys.test.support.js'

const app = (clientId: string) => `-Tenant $given.tenant -ClientId $given.${clientId} -Scopes okta.users.read`
const use = "(Invoke-OktaApi '/api/v1/users?limit=1').status"
const withoutKey = (key: string) =>
  `[Security.Cryptography.X509Certificates.X509Certificate2]::new((New-TestCertificate ${key}).RawData)`

describeInPowerShell('a certificate', () => {
  let org: Awaited<ReturnType<typeof startOrgWithKeys>>
  beforeAll(async () => {
    org = await startOrgWithKeys()
  })
  afterAll(() => org[Symbol.asyncDispose]())
  afterEach(async () => {
    await org.run('Disconnect-Okta')
  })

  async function expectConnected(script: string) {
    const { output, errors, thrown, warnings } = await org.run(`${script}\n${use}`)
    expect({ output, errors, thrown }).toEqual({ output: ['ACTIVE'], errors: [], thrown: null })
    return warnings.filter(one => !one.startsWith('No keyring'))
  }

  it.each([
    ['an RSA key', 'bearer', ''],
    ['an RSA key, for DPoP', 'dpop', ''],
    ['an EC key', 'ecBearer', '(New-TestEcdsa)'],
    ['an EC key, for DPoP', 'ecDpop', '(New-TestEcdsa)'],
  ])('connects an app with %s', async (_what, clientId, key) => {
    const script = `Connect-Okta ${app(clientId)} -Certificate (New-TestCertificate ${key})`
    expect(await expectConnected(script)).toEqual([])
  })

  it.each([
    ['', 'Get-PfxCertificate $HOME/app.pfx'],
    [
      ', with ephemeral keys',
      "[Security.Cryptography.X509Certificates.X509Certificate2]::new(\"$HOME/app.pfx\", '', 'EphemeralKeySet')",
    ],
  ])('connects when it is loaded from a PFX file%s', async (_how, load) => {
    const save = '[IO.File]::WriteAllBytes("$HOME/app.pfx", (New-TestCertificate).Export("Pfx"))'
    expect(await expectConnected(`${save}\nConnect-Okta ${app('bearer')} -Certificate (${load})`)).toEqual([])
  })

  it.each([
    ['in lower case', '$thumbprint.ToLower()'],
    [
      'with the spaces and the mark of the Windows dialog',
      '[char] 0x200e + (($thumbprint -split "(..)" | Where-Object { $_ }) -join " ")',
    ],
  ])('is found by its thumbprint %s', async (_form, text) => {
    const { verbose, output, errors } = await org.run(`
      $certificate = New-TestCertificate
      Add-TestCertificate $certificate
      $thumbprint = $certificate.Thumbprint
      Connect-Okta ${app('bearer')} -CertificateThumbprint (${text}) -Verbose
      ${use}`)
    expect({ output, errors }).toEqual({ output: ['ACTIVE'], errors: [] })
    expect(verbose).toContain('Using the certificate CN=app in CurrentUser\\My.')
  })

  it('has the control characters of its subject escaped in the verbose message', async () => {
    const { verbose } = await org.run(`
      $certificate = New-TestCertificate -subject "CN=app$([char] 27)[2J$([char] 7)"
      Add-TestCertificate $certificate
      Connect-Okta ${app('bearer')} -CertificateThumbprint $certificate.Thumbprint -Verbose`)
    expect(verbose.filter(line => line.startsWith('Using the certificate'))).toEqual([
      expect.stringContaining('CN=app\\u001b[2J\\u0007'),
    ])
  })

  it.each([
    ['expired', '-from -3 -to -2', 'expired on'],
    ['not yet valid', '-from 2 -to 3', 'is not valid before'],
  ])('connects with a warning when it is %s', async (_state, dates, warning) => {
    const script = `Connect-Okta ${app('bearer')} -Certificate (New-TestCertificate ${dates})`
    expect(await expectConnected(script)).toEqual([expect.stringContaining(warning)])
  })

  it('is completed by its thumbprint', async () => {
    const { output } = await org.run(`
      $certificate = New-TestCertificate
      Add-TestCertificate $certificate
      $line = 'Connect-Okta -CertificateThumbprint ' + $certificate.Thumbprint.Substring(0, 5)
      $found = (TabExpansion2 $line $line.Length).CompletionMatches[0]
      $found.CompletionText -ceq $certificate.Thumbprint
      $found.ToolTip`)
    expect(output).toEqual([true, expect.stringMatching(/^CN=app, until /)])
  })

  it.each([
    ['-Certificate', '-Certificate (New-TestCertificate)', 'RS256'],
    ['-Certificate of an EC key', '-Certificate (New-TestCertificate (New-TestEcdsa))', 'ES256'],
    ['-Certificate without the private key', `-Certificate (${withoutKey('')})`, 'RS256'],
    ['-Certificate of an EC key without the private key', `-Certificate (${withoutKey('(New-TestEcdsa)')})`, 'ES256'],
    ['-SigningKey', '-SigningKey (New-TestKey)', 'RS256'],
  ])('has its public key shown by New-OktaJsonWebKey %s', async (_parameter, key, algorithm) => {
    const { output, errors } = await org.run(`New-OktaJsonWebKey ${key}; New-OktaJsonWebKey ${key} -KeyId mine`)
    expect(errors).toEqual([])
    const [shown, named] = output.map(one => JSON.parse(one.PublicJwk))
    expect(output[0]).toMatchObject({ KeyId: shown.kid, Algorithm: algorithm, PrivateJwk: null, Path: null })
    expect(shown).toMatchObject({ alg: algorithm, use: 'sig', kid: expect.stringMatching(/^[\w-]{43}$/) })
    expect(named.kid).toBe('mine')
    expect(privateMembers.filter(member => JSON.stringify(output).includes(member))).toEqual([])
  })

  it('signs with the kid of -KeyId', async () => {
    const key = '-Certificate (New-TestCertificate)'
    expect(await expectConnected(`Connect-Okta ${app('ownKeyId')} ${key} -KeyId mine`)).toEqual([])
    const { errors } = await org.run(`Connect-Okta ${app('ownKeyId')} ${key} -Force`)
    expect(errors.map(({ id }) => id)).toEqual(['OktaClientRejected,Connect-Okta'])
  })
})
