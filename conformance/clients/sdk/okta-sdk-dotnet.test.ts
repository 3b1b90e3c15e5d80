import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest'
import { run } from '../support/program.js'
import { startTlsOrg, type TlsOrg } from '../support/tls-org.js'

// The SDK is not in the registries that CI reaches, so this runs only with this variable: see README.md.
const { OKTA_SDK_DOTNET: project = '' } = process.env
const dotnet = { DOTNET_CLI_TELEMETRY_OPTOUT: '1', DOTNET_NOLOGO: '1' }

describe.skipIf(inject('systemNeeds').openssl === undefined)('Okta.Sdk (.NET)', () => {
  let org: TlsOrg
  beforeAll(async () => {
    org = await startTlsOrg()
    await mkdir(join(org.folder, 'app'))
    const write = (name: string, text: string) => writeFile(join(org.folder, 'app', name), text)
    await write('Program.cs', await readFile(new URL('./okta-sdk-dotnet/Program.cs', import.meta.url), 'utf8'))
    const properties =
      '<OutputType>Exe</OutputType><TargetFramework>net10.0</TargetFramework><ImplicitUsings>enable</ImplicitUsings>'
    const reference = `<ProjectReference Include="${resolve(project)}" />`
    await write(
      'app.csproj',
      `<Project Sdk="Microsoft.NET.Sdk"><PropertyGroup>${properties}</PropertyGroup><ItemGroup>${reference}</ItemGroup></Project>`,
    )
    const command = ['dotnet', 'build', join(org.folder, 'app'), '-v', 'quiet', '-o', join(org.folder, 'out')] as const
    const { code, stdout } = await run({ command, env: dotnet })
    expect(code, stdout).toBe(0)
  })
  afterEach(() => org.okta.reset())
  afterAll(() => org?.[Symbol.asyncDispose]())

  async function listUsers(variables: Readonly<Record<string, string>>, orgUrl = org.okta.orgUrl.origin) {
    const env = { ...dotnet, SSL_CERT_FILE: org.certificate.authorityPath, ORG_URL: orgUrl, ...variables }
    const { stdout } = await run({ command: ['dotnet', join(org.folder, 'out/app.dll')], env, cwd: org.folder })
    return stdout.trim()
  }

  function keyOf(dpop: boolean) {
    const { clientId, jwk } = org.okta.client('service', { dpop })
    return { CLIENT_ID: clientId, PRIVATE_KEY: JSON.stringify(jwk) }
  }

  it('lists users with an API token, also with a slash at the end of the URL', async () => {
    const token = { API_TOKEN: org.okta.apiTokens[0]?.value ?? '' }
    expect(await listUsers(token)).toBe('28 users')
    expect(await listUsers(token, org.okta.orgUrl.href)).toBe('28 users')
  })

  it.each([false, true])('lists users with a key (DPoP: %s)', async dpop => {
    expect(await listUsers(keyOf(dpop))).toBe('28 users')
  })

  it('is rejected when the token or the key is unknown', async () => {
    expect(await listUsers({ API_TOKEN: 'unknown' })).toContain('E0000011')
    const { PRIVATE_KEY } = keyOf(true)
    expect(await listUsers({ ...keyOf(false), PRIVATE_KEY })).toContain('invalid_client')
  })
})
