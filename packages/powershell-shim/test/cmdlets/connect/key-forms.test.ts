import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type OktaEmulator, startOktaEmulator } from '@connect-okta/emulator'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { rsaKey } from '../../../../../scripts/testing/rsa-key.js'
import { describeInPowerShell, Shell } from '../../support/shell.test.support.js'

const { privateKey, publicJwk } = rsaKey()
const jwk = { ...privateKey.export({ format: 'jwk' }), kid: 'the-key', alg: 'RS256' }
const pem = String(privateKey.export({ format: 'pem', type: 'pkcs8' }))
const passphrase = 'correct horse battery'
const encrypted = String(privateKey.export({ format: 'pem', type: 'pkcs8', cipher: 'aes-256-cbc', passphrase }))

describeInPowerShell('the key of Connect-Okta', () => {
  let okta: OktaEmulator
  let shell: Shell
  let given: Record<string, string>
  beforeAll(async () => {
    okta = await startOktaEmulator({
      clients: [
        { kind: 'service', scopes: ['okta.users.read'], jwks: JSON.stringify({ ...publicJwk, kid: 'the-key' }) },
      ],
    })
    shell = await Shell.start()
    given = { tenant: okta.orgUrl.origin, clientId: okta.client('service').clientId, passphrase }
    const files: Record<string, string | Buffer> = {
      'key.pem': pem,
      'key.json': JSON.stringify(jwk, undefined, 2),
      'encrypted.pem': encrypted,
      'utf16.pem': Buffer.from(`\uFEFF${pem.replaceAll('\n', '\r\n')}`, 'utf16le'),
      'utf16-without-mark.pem': Buffer.from(pem, 'utf16le'),
      'key.der': privateKey.export({ format: 'der', type: 'pkcs8' }),
    }
    for (const [name, content] of Object.entries(files)) await writeFile(join(shell.home, name), content)
  })
  afterAll(async () => {
    await shell[Symbol.asyncDispose]()
    await okta.close()
  })

  const parameters = '-Tenant $given.tenant -ClientId $given.clientId -Scopes okta.users.read -Force'
  const run = (script: string) =>
    shell.run(
      `Set-Location $HOME
      $right = [Net.NetworkCredential]::new('', $given.passphrase).SecurePassword
      $other = [Net.NetworkCredential]::new('', 'another passphrase').SecurePassword
      ${script}`,
      given,
    )
  const connectWith = (key: string) => run(`Connect-Okta ${parameters} -PassThru -JsonWebKey ${key}`)

  it.each([
    ['the lines of a file as one text', '"$(Get-Content key.pem)"'],
    ['the lines of a file', '(Get-Content key.pem)'],
    ['the lines of a JWK', '(Get-Content key.json)'],
    ['lines joined by LF', '((Get-Content key.pem) -join "`n")'],
    ['lines joined by an escape in single quotes', "((Get-Content key.pem) -join '`r`n')"],
    ['lines joined by the escape of other languages', String.raw`((Get-Content key.pem) -join '\n')`],
    ['the output of Out-String', '(Get-Content key.pem | Out-String)'],
    ['an indented here-string', '@"\n   $((Get-Content key.pem) -join "`n   ")\n"@'],
    ['PEM in quotes', `('"' + (Get-Content key.pem -Raw) + '"')`],
    ['a file in UTF-16', '(Get-Content utf16.pem -Raw)'],
    ['a file in UTF-16 without a byte order mark', '(Get-Content utf16-without-mark.pem -Raw)'],
    ['a JWK as an object', '(Get-Content key.json -Raw | ConvertFrom-Json)'],
    ['a JWK as a hashtable', '(Get-Content key.json -Raw | ConvertFrom-Json -AsHashtable)'],
    ['a SecureString', '(ConvertTo-SecureString (Get-Content key.pem -Raw) -AsPlainText -Force)'],
    ['a SecureString of a JWK', '(ConvertTo-SecureString (Get-Content key.json -Raw) -AsPlainText -Force)'],
    ['the bytes of a file', '([IO.File]::ReadAllBytes("$HOME/key.pem"))'],
    ['the bytes of a file, one by one', '(Get-Content key.pem -AsByteStream)'],
    ['the bytes of a file in UTF-16', '([IO.File]::ReadAllBytes("$HOME/utf16.pem"))'],
    ['the bytes of DER', '([IO.File]::ReadAllBytes("$HOME/key.der"))'],
    ['a JWK that was an object', '(Get-Content key.json -Raw | ConvertFrom-Json | ConvertTo-Json)'],
    ['the JSON of a text', '(Get-Content key.pem -Raw | ConvertTo-Json)'],
    [
      'the JSON of an object with the key',
      '(@{ okta = @{ key = [string] (Get-Content key.json -Raw) } } | ConvertTo-Json)',
    ],
    ['Base64 of a PEM', '([Convert]::ToBase64String([IO.File]::ReadAllBytes("$HOME/key.pem")))'],
    ['Base64 of DER', '([Convert]::ToBase64String([IO.File]::ReadAllBytes("$HOME/key.der")))'],
  ])('is accepted when it is %s', async (_form, key) => {
    const { output, errors } = await connectWith(key)
    expect(errors).toEqual([])
    expect(output).toEqual([expect.objectContaining({ Grant: 'client_credentials' })])
  })

  it.each(['utf16.pem', 'utf16-without-mark.pem', 'key.json'])(
    'is accepted when the lines of %s are piped',
    async file => {
      const { output, errors } = await run(`Get-Content ${file} | Connect-Okta ${parameters} -PassThru`)
      expect(errors).toEqual([])
      expect(output).toHaveLength(1)
    },
  )

  it.each([
    ['a relative path', "'./private-file'"],
    ['a name', "'private-file.pem'"],
    ['a path of Windows', String.raw`'C:\Users\ann\private-file'`],
    ['a path in the home folder', "'~/private-file'"],
    ['a file object', '(New-Item private-file -Force)'],
  ])('is rejected without showing it when it is %s', async (_what, key) => {
    const { errors } = await connectWith(key)
    expect(errors).toEqual([
      expect.objectContaining({
        id: 'OktaPrivateKeyInvalid,Connect-Okta',
        target: 'JsonWebKey',
        message: '-JsonWebKey is a path, not the text of a key.',
        recommendedAction: 'Use -JsonWebKeyPath key.pem.',
      }),
    ])
    expect(JSON.stringify(errors)).not.toContain('private-file')
  })

  const certificate = `$algorithm = [Security.Cryptography.HashAlgorithmName]::SHA256
    $padding = [Security.Cryptography.RSASignaturePadding]::Pkcs1
    $request = [Security.Cryptography.X509Certificates.CertificateRequest]::new(
      'CN=test', [Security.Cryptography.RSA]::Create(2048), $algorithm, $padding)
    $request.CreateSelfSigned([datetime]::UtcNow, [datetime]::UtcNow.AddDays(1))`
  const secureString = 'ConvertTo-SecureString (Get-Content key.pem -Raw) -AsPlainText -Force'
  it.each([
    [
      'the output of ConvertFrom-SecureString',
      `(${secureString} | ConvertFrom-SecureString)`,
      'ConvertTo-SecureString',
    ],
    [
      'what ConvertFrom-SecureString writes on Windows',
      `('01000000d08c9ddf0115d1118c7a00c04fc297eb' + '0'*400)`,
      '.Password',
    ],
    ['an RSA object', '([Security.Cryptography.RSA]::Create(2048))', 'Use -SigningKey'],
    ['a certificate', `$(${certificate})`, 'Use -Certificate'],
  ])('is rejected with what to do when it is %s', async (_what, key, hint) => {
    const { output, errors } = await connectWith(key)
    expect(output).toEqual([])
    expect(errors).toEqual([
      expect.objectContaining({
        id: 'OktaPrivateKeyInvalid,Connect-Okta',
        target: 'JsonWebKey',
        recommendedAction: expect.stringContaining(hint),
      }),
    ])
  })

  it('is decrypted with -KeyPassphrase, and renews tokens after the Node process has ended', async () => {
    const { output, errors } = await run(
      `Connect-Okta ${parameters} -JsonWebKey (Get-Content encrypted.pem -Raw) -KeyPassphrase $right
      & (Get-Module ConnectOkta) { $script:NodeProcess.Process.Kill(); $script:NodeProcess.Process.WaitForExit() }
      (Get-OktaAccessToken -ForceRefresh).GetType().Name
      Test-OktaConnection -Quiet`,
    )
    expect({ output, errors }).toEqual({ output: ['SecureString', true], errors: [] })
  })

  it('is decrypted with -KeyPassphrase when it is piped', async () => {
    const { output, errors } = await run(
      `Get-Content encrypted.pem | Connect-Okta ${parameters} -KeyPassphrase $right -PassThru`,
    )
    expect(errors).toEqual([])
    expect(output).toHaveLength(1)
  })

  it('is decrypted when the passphrase was read from a file that ends with a line end', async () => {
    const { errors } = await run(
      `$read = ConvertTo-SecureString "$($given.passphrase)\`r\`n" -AsPlainText -Force
      Get-Content encrypted.pem | Connect-Okta ${parameters} -KeyPassphrase $read`,
    )
    expect(errors).toEqual([])
  })

  it('is tested with -KeyPassphrase', async () => {
    const { output } = await run(
      `$key = Get-Content encrypted.pem -Raw
      $app = @{ Tenant = $given.tenant; ClientId = $given.clientId; Scopes = 'okta.users.read'; JsonWebKey = $key }
      Test-OktaConnection @app -KeyPassphrase $right -Quiet
      (Test-OktaConnection @app | Where-Object { $_.Outcome -eq 'failure' }).Fix`,
    )
    expect(output).toEqual([true, expect.stringContaining('-KeyPassphrase')])
  })

  it.each([
    ['there is no passphrase', ''],
    ['the passphrase is wrong', '-KeyPassphrase $other'],
  ])('is rejected with the name of the parameter when %s', async (_what, more) => {
    const { errors, ...streams } = await connectWith(`(Get-Content encrypted.pem -Raw) -Debug -Verbose ${more}`)
    expect(errors).toEqual([
      expect.objectContaining({
        id: 'OktaPrivateKeyInvalid,Connect-Okta',
        recommendedAction: expect.stringContaining('-KeyPassphrase'),
      }),
    ])
    expect(JSON.stringify([errors, streams])).not.toContain('another passphrase')
  })

  it('needs no passphrase when it is not encrypted', async () => {
    const { output, errors } = await connectWith('(Get-Content key.pem -Raw) -KeyPassphrase $other')
    expect(errors).toEqual([])
    expect(output).toHaveLength(1)
  })
})
