import { execFile } from 'node:child_process'
import { copyFile, cp, mkdir, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { type OktaEmulator, startOktaEmulator } from '@connect-okta/emulator'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { installProgram, programName, serviceApp } from './program.test.support.js'

const run = promisify(execFile)
const { pwsh } = inject('systemNeeds')
const module = fileURLToPath(new URL('../../packages/powershell-shim/dist/ConnectOkta', import.meta.url))

// $args has the tenant and the client.
const script = `
$ErrorActionPreference = 'Stop'
Import-Module ./modules/ConnectOkta
if (Get-Command node -ErrorAction Ignore) { throw 'There is a Node.' }
$null = Connect-Okta -Tenant $args[0] -ClientId $args[1] -JsonWebKeyPath key.json -Scopes okta.users.read
@(Invoke-OktaApi GET '/api/v1/users?limit=3').Count
$token = Get-OktaAccessToken
$token.GetType().Name
Disconnect-Okta
`

// On Windows, PowerShell is in a folder of the PATH with Node.
describe.skipIf(pwsh === undefined || process.platform === 'win32')('the PowerShell module without Node', () => {
  let okta: OktaEmulator
  beforeAll(async () => {
    okta = await startOktaEmulator()
  })
  afterAll(() => okta.close())

  it.each(['on the PATH', 'in its own folder bin'])('uses the program when it is %s', async place => {
    const { home, path } = await installProgram()
    await serviceApp(okta, home)
    await cp(module, join(home, 'modules/ConnectOkta'), { recursive: true })
    await writeFile(join(home, 'script.ps1'), script)
    if (place !== 'on the PATH') {
      await mkdir(join(home, 'modules/ConnectOkta/bin'))
      await copyFile(path, join(home, 'modules/ConnectOkta/bin', programName))
    }
    // A PowerShell that dotnet has installed starts dotnet.
    const tools = join(home, 'tools')
    await mkdir(tools)
    const { stdout: dotnet } = await run('sh', ['-c', 'command -v dotnet || true'])
    if (dotnet !== '') await symlink(dotnet.trim(), join(tools, 'dotnet'))
    const env = {
      PATH: place === 'on the PATH' ? `${tools}:${dirname(path)}` : tools,
      HOME: home,
      CONNECT_OKTA_STORE: 'file',
      POWERSHELL_TELEMETRY_OPTOUT: '1',
    }
    const args = ['-NoProfile', '-NonInteractive', '-File', 'script.ps1']
    const { stdout } = await run(pwsh ?? '', [...args, okta.orgUrl.origin, okta.client('service').clientId], {
      cwd: home,
      env,
    })
    expect(stdout).toBe('3\nSecureString\n')
    expect(okta.requests.at(-1)).toMatchObject({ path: '/oauth2/v1/revoke', status: 200 })
  })
})
