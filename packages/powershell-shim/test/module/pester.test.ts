import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, inject, it } from 'vitest'
import { powershell, runPowerShell } from '../support/shell.test.support.js'

const { pester } = inject('systemNeeds')
const tests = fileURLToPath(new URL('../../module/ConnectOkta/tests', import.meta.url))

const script = `
Import-Module '${pester}'
$configuration = New-PesterConfiguration
$configuration.Run.Path = '${tests}'
$configuration.Run.PassThru = $true
$configuration.Output.Verbosity = 'None'
$result = Invoke-Pester -Configuration $configuration
ConvertTo-Json -Compress @{
  passed = $result.PassedCount
  failed = @($result.Failed | ForEach-Object { "$($_.ExpandedPath): $($_.ErrorRecord)" }) + @($result.FailedContainers | ForEach-Object { "$_" })
  skipped = @($result.Skipped | ForEach-Object { $_.ExpandedPath })
}`

describe.skipIf(powershell === undefined || pester === undefined)('the Pester suite', () => {
  it('passes, and skips only tests for Windows PowerShell 5.1, when PowerShell 7 runs it', async () => {
    const home = await mkdtemp(join(tmpdir(), 'pester-'))
    const { stdout, stderr } = await runPowerShell(['-NoProfile', '-NonInteractive', '-Command', script], home)
    await rm(home, { recursive: true, force: true })
    // -WhatIf writes to the host, which Pester does not capture.
    const lines = stdout.split('\n').filter(line => line !== '' && !line.startsWith('What if: '))
    expect({ others: lines.slice(0, -1), stderr }).toEqual({ others: [], stderr: '' })
    const { passed, failed, skipped } = JSON.parse(lines.at(-1) ?? '')
    expect(failed).toEqual([])
    expect(passed).toBeGreaterThan(80)
    for (const name of skipped) expect(name).toContain('in Windows PowerShell 5.1')
  }, 300_000)
})
