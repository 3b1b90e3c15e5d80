import { createPrivateKey, type JsonWebKey } from 'node:crypto'
import { mkdtemp, readdir, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type OktaEmulator, startOktaEmulator } from '@connect-okta/emulator'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeInPowerShell, moduleFolder, Shell } from '../../support/shell.test.support.js'
import { freeRedirectUri, userBrowserIn } from '../../support/user-browser.test.support.js'

const passphrase = 'correct horse battery'

describeInPowerShell('Connect-Okta -Profile', () => {
  let okta: OktaEmulator
  let other: OktaEmulator
  let shell: Shell
  let redirectUri: string
  let given: Record<string, string>
  beforeAll(async () => {
    redirectUri = await freeRedirectUri()
    const scopes = ['okta.users.read', 'okta.groups.read']
    okta = await startOktaEmulator({
      clients: [
        { kind: 'service', scopes },
        { kind: 'spa', scopes, redirectUris: [redirectUri] },
      ],
    })
    other = await startOktaEmulator({ clients: [{ kind: 'service', scopes }] })
    shell = await Shell.start(await userBrowserIn(await mkdtemp(join(tmpdir(), 'browser-')), okta.users[0]))
    const { jwk } = okta.client('service')
    const key = createPrivateKey({ key: jwk as JsonWebKey, format: 'jwk' })
    const encrypted = key.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase })
    const inHome = async (name: string, text: string | Buffer) =>
      await writeFile(join(shell.home, name), text, { mode: 0o600 })
    await inHome('key.json', JSON.stringify(jwk))
    await inHome('other.json', JSON.stringify(other.client('service').jwk))
    await inHome('encrypted.pem', encrypted)
    given = { home: shell.home, passphrase, module: moduleFolder }
    await writeProfiles()
    await shell.run('$env:CONNECT_OKTA_CONFIG_DIR = $HOME')
  })
  afterAll(async () => {
    await shell[Symbol.asyncDispose]()
    await Promise.all([okta.close(), other.close()])
  })

  const profile = (org: OktaEmulator, key: string, more = '') =>
    `{ tenant: ${org.orgUrl.origin}, clientId: ${org.client('service').clientId}, scopes: [okta.users.read], key: { file: ${key} }${more} }`
  async function writeProfiles(changing: OktaEmulator = okta, changingKey = 'key.json') {
    const lines = [
      `  work: ${profile(okta, 'key.json')}`,
      `  encrypted: ${profile(okta, 'encrypted.pem')}`,
      `  stored: ${profile(okta, 'key.json', ', store: memory')}`,
      `  user: { tenant: ${okta.orgUrl.origin}, clientId: ${okta.client('spa').clientId}, scopes: [okta.users.read], redirectUri: ${redirectUri}, store: memory }`,
      `  changing: ${profile(changing, changingKey)}`,
    ]
    await writeFile(join(shell.home, 'profiles.yaml'), `profiles:\n${lines.join('\n')}\n`, { mode: 0o600 })
  }

  it('connects to the org of the profile with its app, key and scopes', async () => {
    const { output, errors, verbose } = await shell.run(
      `Connect-Okta -Profile work -PassThru -Verbose\n(Invoke-OktaApi '/api/v1/users?limit=1').status`,
      given,
    )
    expect(errors).toEqual([])
    expect(output).toMatchObject([
      { Tenant: okta.orgUrl.host, ClientId: okta.client('service').clientId, Scopes: ['okta.users.read'] },
      'ACTIVE',
    ])
    expect(verbose.join()).toContain(okta.orgUrl.host)
  })

  it('requests other scopes with -Scopes', async () => {
    const { output } = await shell.run('(Connect-Okta -Profile work -Scopes okta.groups.read -PassThru).Scopes', given)
    expect(output.flat()).toEqual(['okta.groups.read'])
  })

  it('decrypts the key with -KeyPassphrase, and renews the token after the Node process has ended', async () => {
    const { output, errors } = await shell.run(
      `Connect-Okta -Profile encrypted -KeyPassphrase ([Net.NetworkCredential]::new('', $given.passphrase).SecurePassword)
      & (Get-Module ConnectOkta) { $script:NodeProcess.Process.Kill(); $script:NodeProcess.Process.WaitForExit() }
      (Get-OktaAccessToken -ForceRefresh).GetType().Name`,
      given,
    )
    expect({ output, errors }).toEqual({ output: ['SecureString'], errors: [] })
  })

  it('writes an error that names -KeyPassphrase when the key is encrypted', async () => {
    const { errors } = await shell.run('Connect-Okta -Profile encrypted', given)
    expect(errors).toMatchObject([
      { id: 'OktaPrivateKeyInvalid,Connect-Okta', recommendedAction: expect.stringContaining('-KeyPassphrase') },
    ])
  })

  it('stores nothing on the disk when the store of the profile is memory', async () => {
    const records = () => readdir(join(shell.home, '.local/state'), { recursive: true }).catch(() => [])
    const before = await records()
    const { output, errors } = await shell.run(
      `Connect-Okta -Profile stored
      1 | ForEach-Object -Parallel { Import-Module $using:given.module; (Invoke-OktaApi '/api/v1/users?limit=1').status }
      (Get-OktaContext).Status
      Disconnect-Okta
      Get-OktaContext`,
      given,
    )
    expect({ output, errors }).toEqual({ output: ['ACTIVE', 'Current'], errors: [] })
    expect(await records()).toEqual(before)
  })

  it('uses the sign-in of a user when the store of the profile is memory', async () => {
    const { output, errors } = await shell.run(
      `Connect-Okta -Profile user
      (Invoke-OktaApi /api/v1/users/me).profile.login, (Get-OktaContext).Account
      Disconnect-Okta`,
      given,
    )
    const login = okta.users[0]?.login
    expect({ output, errors }).toEqual({ output: [login, login], errors: [] })
  })

  it('is an error in other runspaces when the profile names another org meanwhile', async () => {
    await shell.run('Connect-Okta -Profile changing', given)
    await writeProfiles(other, 'other.json')
    const { output, errors } = await shell.runInNewRunspace("Invoke-OktaApi '/api/v1/users?limit=1'", given)
    await writeProfiles()
    expect(output).toEqual([])
    expect(errors).toMatchObject([
      {
        id: 'OktaOptionsInvalid,Invoke-OktaApi',
        message: expect.stringContaining('changing has changed'),
        recommendedAction: expect.stringContaining('Connect-Okta -Profile changing'),
      },
    ])
    expect(other.requests.filter(({ path }) => path.startsWith('/oauth2/v1/token'))).toEqual([])
  })

  it.each([
    ['does not exist', 'missing'],
    ['is blank', "' '"],
    ['is an object', '@{ a = 1 }'],
  ])('is an error when its name %s', async (_what, name) => {
    const { errors, thrown } = await shell.run(`Connect-Okta -Profile ${name}`, given)
    expect(thrown ?? errors[0]).toMatchObject({
      id: 'OktaOptionsInvalid,Connect-Okta',
      recommendedAction: expect.stringMatching(/\S/),
    })
  })

  it('completes the names of the profiles', async () => {
    const { output } = await shell.run(
      `(TabExpansion2 'Connect-Okta -Profile ' 22).CompletionMatches.CompletionText
      (TabExpansion2 'Connect-Okta -Profile ENC' 25).CompletionMatches.CompletionText`,
    )
    expect(output).toEqual(['work', 'encrypted', 'stored', 'user', 'changing', 'encrypted'])
  })
})
