import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type OktaEmulator, startOktaEmulator } from '@connect-okta/emulator'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeInPowerShell, runPowerShell } from '../support/shell.test.support.js'

const shim = '(& (Get-Module ConnectOkta) { $script:NodeProcess.Process.Id })'

describeInPowerShell('PowerShell when it exits', () => {
  let okta: OktaEmulator
  let home: string
  let connect: string
  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'exit-'))
    okta = await startOktaEmulator()
    const { clientId, jwk } = okta.client('service')
    await writeFile(join(home, 'key.json'), JSON.stringify(jwk), { mode: 0o600 })
    connect = `Connect-Okta -Tenant ${okta.orgUrl.origin} -ClientId ${clientId} -JsonWebKey (Get-Content key.json -Raw) -Scopes okta.users.read -WarningAction Ignore`
  })
  afterAll(async () => {
    await okta.close()
    await rm(home, { recursive: true, force: true })
  })

  it.each([
    ['at the end of its commands', '', 0],
    ['with another exit code', '; exit 3', 3],
    ['without a call of the module', '', 0],
  ])('writes nothing and keeps the exit code: %s', async (what, then, status) => {
    const used = what.startsWith('without') ? 'Import-Module ConnectOkta' : connect
    const ended = await runPowerShell(['-NoProfile', '-Command', `${used}${then}`], home)
    expect(ended).toEqual({ status, stdout: '', stderr: '' })
  })

  it('leaves no Node process of its jobs and threads', async () => {
    const use = `$null = Invoke-OktaApi -Path '/api/v1/users?limit=1'; ${shim}`
    const { status, stdout, stderr } = await runPowerShell(
      [
        '-NoProfile',
        '-Command',
        `${connect}
        ${shim}
        1..2 | ForEach-Object -ThrottleLimit 2 -Parallel { ${use} }
        Start-ThreadJob { ${use} } | Receive-Job -Wait -AutoRemoveJob
        Start-Job -WorkingDirectory $PWD { ${connect}; ${use} } | Receive-Job -Wait -AutoRemoveJob
        $until = [DateTime]::UtcNow.AddSeconds(20)
        while (@(Get-Process -Name node -ErrorAction Ignore | Where-Object { $_.Parent.Id -eq $PID }).Count -gt 1) {
          if ([DateTime]::UtcNow -gt $until) { 'some are left'; break }
          Start-Sleep -Milliseconds 50
        }`,
      ],
      home,
    )
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    const processes = stdout.trim().split(/\s+/).map(Number)
    expect(new Set(processes).size).toBe(5)
    await expect.poll(() => processes.filter(isRunning)).toEqual([])
  })

  it('leaves no Node process when it is killed', async () => {
    const script = `${connect}\n[Console]::Out.WriteLine(${shim})\n[Diagnostics.Process]::GetCurrentProcess().Kill()`
    const { stdout } = await runPowerShell(['-NoProfile', '-Command', script], home)
    const id = Number(stdout)
    expect(id).toBeGreaterThan(0)
    await expect.poll(() => isRunning(id)).toBe(false)
  })
})

function isRunning(id: number): boolean {
  try {
    process.kill(id, 0)
    return true
  } catch {
    return false
  }
}
