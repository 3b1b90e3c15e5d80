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
const secret = 'an-emulated-secret'

describeInPowerShell('a key or a secret of Connect-Okta', () => {
  let okta: OktaEmulator
  let shell: Shell
  let given: Record<string, string>
  beforeAll(async () => {
    okta = await startOktaEmulator({
      authorizationServers: [{ id: 'default', scopes: ['orders.read'] }],
      clients: [
        { kind: 'service', scopes: ['okta.users.read'], jwks: JSON.stringify({ ...publicJwk, kid: 'the-key' }) },
        { kind: 'service', clientSecret: secret },
      ],
    })
    shell = await Shell.start({ BROWSER: '/bin/false' })
    const [app, web] = okta.clients
    given = {
      tenant: okta.orgUrl.origin,
      clientId: app?.clientId ?? '',
      web: web?.clientId ?? '',
      secret,
      passphrase,
      apiToken: okta.apiTokens[0]?.value ?? '',
      jwk: JSON.stringify(jwk),
    }
    const files: Record<string, string | Buffer> = {
      'key.pem': pem,
      'key.json': JSON.stringify(jwk, undefined, 2),
      'encrypted.pem': String(privateKey.export({ format: 'pem', type: 'pkcs8', cipher: 'aes-256-cbc', passphrase })),
      'utf16.pem': Buffer.from(`\uFEFF${pem.replaceAll('\n', '\r\n')}`, 'utf16le'),
      'key.der': privateKey.export({ format: 'der', type: 'pkcs8' }),
      'mark.json': `\uFEFF${JSON.stringify(jwk)}`,
      'public.json': JSON.stringify(publicJwk),
      'empty.pem': '',
    }
    for (const [name, content] of Object.entries(files)) await writeFile(join(shell.home, name), content)
  })
  afterAll(async () => {
    await shell[Symbol.asyncDispose]()
    await okta.close()
  })

  const app = '-Tenant $given.tenant -ClientId $given.clientId -Scopes okta.users.read -Force -PassThru'
  const orders = '-Tenant $given.tenant -AuthorizationServer default -Scopes orders.read -Force -PassThru'
  const secure = (text: string) => `([Net.NetworkCredential]::new('', ${text}).SecurePassword)`
  const run = (script: string) => shell.run(`Set-Location $HOME\n${script}`, given)
  async function expectConnected(script: string, grant = 'client_credentials', count = 1) {
    const { output, errors, thrown, information } = await run(script)
    expect({ errors, thrown, information }).toEqual({ errors: [], thrown: null, information: [] })
    expect(output.map(one => one.Grant)).toEqual(Array(count).fill(grant))
  }

  // The app accepts another key too: the emulator reads its public keys at each request.
  const newKey = `$key = New-OktaJsonWebKey -KeyId the-key
      $key.PrivateJwk = ${secure('$given.jwk')}`

  it.each([
    ['the output of New-OktaJsonWebKey', `${newKey}\nConnect-Okta ${app} -JsonWebKey $key`],
    ['the piped output of New-OktaJsonWebKey', `${newKey}\n$key | Connect-Okta ${app}`],
    ['its SecureString', `${newKey}\nConnect-Okta ${app} -JsonWebKey $key.PrivateJwk`],
    ['its piped SecureString', `${newKey}\n$key.PrivateJwk | Connect-Okta ${app}`],
    [
      'the output of New-OktaJsonWebKey -AsPlainText',
      `$key = New-OktaJsonWebKey -AsPlainText; $key.PrivateJwk = $given.jwk\n$key | Connect-Okta ${app}`,
    ],
    [
      'the output of New-OktaJsonWebKey -Path',
      `$key = New-OktaJsonWebKey -Path new.json; Copy-Item key.json new.json\n$key | Connect-Okta ${app}`,
    ],
    ['a piped JWK as an object', `Get-Content key.json -Raw | ConvertFrom-Json | Connect-Okta ${app}`],
    ['a piped string', `Get-Content key.json -Raw | Connect-Okta ${app}`],
    ['piped lines', `Get-Content key.pem | Connect-Okta ${app}`],
    ['a piped SecureString of PEM', `${secure('(Get-Content key.pem -Raw)')} | Connect-Okta ${app}`],
    [
      'a piped client ID',
      `$given.clientId | Connect-Okta ${app.replace('-ClientId $given.clientId', '')} -JsonWebKey $given.jwk`,
    ],
    [
      'a piped client ID and -JsonWebKeyPath',
      `$given.clientId | Connect-Okta ${app.replace('-ClientId $given.clientId', '')} -JsonWebKeyPath key.json`,
    ],
  ])('is accepted as %s', async (_what, script) => {
    await expectConnected(script)
  })

  it.each(['key.pem', 'key.json', 'utf16.pem', 'key.der', 'mark.json', './key.pem', '~/key.pem'])(
    'is read from -JsonWebKeyPath %s',
    async path => {
      await expectConnected(`Connect-Okta ${app} -JsonWebKeyPath '${path}'`)
    },
  )

  it('is read from an encrypted file, again after the Node process has ended, from another location', async () => {
    const { output, errors } = await run(
      `Connect-Okta ${app} -JsonWebKeyPath encrypted.pem -KeyPassphrase ${secure('$given.passphrase')} | Out-Null
      & (Get-Module ConnectOkta) { $script:NodeProcess.Process.Kill(); $script:NodeProcess.Process.WaitForExit() }
      Set-Location /
      (Get-OktaAccessToken -ForceRefresh).GetType().Name`,
    )
    expect({ output, errors }).toEqual({ output: ['SecureString'], errors: [] })
  })

  it.each([
    ['does not exist', 'nowhere.pem', 'OktaPrivateKeyInvalid', 'nowhere.pem cannot be read: it does not exist'],
    ['is a folder', '.', 'OktaPrivateKeyInvalid', 'it is a folder'],
    ['has a public key', 'public.json', 'OktaPrivateKeyInvalid', ''],
    ['is empty', 'empty.pem', 'OktaPrivateKeyInvalid', ''],
    ['is encrypted, without a passphrase', 'encrypted.pem', 'OktaPrivateKeyInvalid', ''],
    ['is not on the file system', 'Env:/KEY', 'OktaOptionsInvalid', 'file system'],
  ])('is an error with what to do when the file of -JsonWebKeyPath %s', async (_what, path, id, message) => {
    const { errors, thrown } = await run(`Connect-Okta ${app} -JsonWebKeyPath '${path}'`)
    expect(thrown ?? errors[0]).toMatchObject({
      id: `${id},Connect-Okta`,
      message: expect.stringContaining(message),
      recommendedAction: expect.stringMatching(/\S/),
    })
  })

  it.each([
    ['PEM', '(Get-Content key.pem -Raw)'],
    ['the lines of PEM', '"$(Get-Content key.pem)"'],
    ['a JWK', '$given.jwk'],
    ['a JWK of several lines', '(Get-Content key.json -Raw)'],
  ])('is an error that does not repeat it when it is in place of its path: %s', async (_what, key) => {
    const { errors, thrown, output } = await run(
      `Connect-Okta ${app} -JsonWebKeyPath ${key}
      foreach ($one in $Error) { $one.InvocationInfo.BoundParameters.Values | ForEach-Object { "$_" } }`,
    )
    expect(thrown ?? errors[0]).toMatchObject({ id: 'OktaOptionsInvalid,Connect-Okta', target: 'JsonWebKeyPath' })
    const written = JSON.stringify([errors, thrown, output])
    expect([jwk.d?.slice(0, 30) ?? '', pem.split('\n')[3] ?? ''].filter(part => written.includes(part))).toEqual([])
  })

  it.each([
    ['-Credential', `Connect-Okta ${orders} -Credential ([pscredential]::new($given.web, ${secure('$given.secret')}))`],
    ['-ClientSecret', `Connect-Okta ${orders} -ClientId $given.web -ClientSecret ${secure('$given.secret')}`],
    [
      'a SecureString that is piped with -ClientId',
      `${secure('$given.secret')} | Connect-Okta ${orders} -ClientId $given.web`,
    ],
    [
      'a piped client ID with -ClientSecret',
      `$given.web | Connect-Okta ${orders} -ClientSecret ${secure('$given.secret')}`,
    ],
  ])('is a client secret with %s', async (_what, script) => {
    await expectConnected(script)
  })

  it('is an API token when a SecureString is piped without -ClientId', async () => {
    await expectConnected(`${secure('$given.apiToken')} | Connect-Okta -Tenant $given.tenant -PassThru`, 'api_token')
  })

  it.each([
    ['$null as -JsonWebKey', `Connect-Okta ${app} -JsonWebKey $none`],
    ['an empty list as -JsonWebKey', `Connect-Okta ${app} -JsonWebKey @()`],
    ['$null as -Credential', `Connect-Okta ${orders} -Credential $none`],
    ['text as -ClientSecret', `Connect-Okta ${orders} -ClientId x -ClientSecret 'text'`],
    ['-Credential with -ClientSecret', `Connect-Okta ${orders} -Credential x -ClientSecret ${secure("'x'")}`],
    ['-JsonWebKey with -JsonWebKeyPath', `Connect-Okta ${app} -JsonWebKey x -JsonWebKeyPath y`],
  ])('is an error of PowerShell with %s', async (_what, script) => {
    const { errors, thrown, information } = await run(script)
    expect((thrown ?? errors[0])?.id).toMatch(/^(Parameter|Ambiguous|CannotConvert)\w+,Connect-Okta$/)
    expect(information).toEqual([])
  })

  it('is an error when a client ID is piped with only a passphrase', async () => {
    const { errors, thrown, information } = await run(
      `'0oaApp' | Connect-Okta -Tenant $given.tenant -KeyPassphrase ${secure('$given.passphrase')}`,
    )
    expect([...errors, thrown ?? []].flat()).not.toEqual([])
    expect(information).toEqual([])
  })
})
