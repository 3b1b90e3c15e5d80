import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { serviceApp, startEmulatorProcess } from '../emulator-process.js'
import { manifest, quiet, type Shell, startShell } from '../powershell-process.js'
import type { Comparison, Row, Work } from '../row.js'

const run = promisify(execFile)
const pairs = 10
const tokensPerJob = 50

/** The time to connect by key in a running shell. The original cmdlet takes 2.9 times as long as the start of a shell. */
export const powershellFirstConnect: Row = {
  name: 'PowerShell: first Connect-Okta in a shell',
  ours: 'Connect-Okta',
  reference: 'start of a shell',
  budget: 1.2,
  pairs,
  needs: 'pwsh',
  isLong: true,
  async prepare() {
    const shells = await startShells()
    return { ours: () => firstConnect(shells), reference: () => startAndEnd('1'), close: () => shells.close() }
  },
}

/** The same when the token is in the store. */
export const powershellLaterConnect: Row = {
  name: 'PowerShell: later Connect-Okta, from the store',
  ours: 'later Connect-Okta',
  reference: 'first Connect-Okta',
  budget: 0.08,
  pairs,
  needs: 'pwsh',
  isLong: true,
  prepare: () => comparedToFirst(connect),
}

/** What a script does before each request with another HTTP client. */
export const powershellToken: Row = {
  name: `PowerShell: ${tokensPerJob} x Get-OktaAccessToken`,
  ours: `${tokensPerJob} x Get-OktaAccessToken`,
  reference: 'first Connect-Okta',
  budget: 0.7,
  pairs,
  needs: 'pwsh',
  isLong: true,
  prepare: () => comparedToFirst(`foreach ($i in 1..${tokensPerJob}) { $null = Get-OktaAccessToken }`),
}

/** What the module adds to the start of a shell. */
export const powershellImport: Row = {
  name: 'PowerShell: import of the module',
  ours: 'start and import',
  reference: 'start',
  // The import takes at most half as long as the start.
  budget: 1.5,
  pairs,
  needs: 'pwsh',
  isLong: true,
  async prepare() {
    return {
      ours: () => startAndEnd(`Import-Module '${manifest}'`),
      reference: () => startAndEnd('1'),
      close: async () => {},
    }
  },
}

async function startAndEnd(script: string): Promise<Work> {
  await run('pwsh', ['-NoProfile', '-Command', script], { env: { ...process.env, ...quiet } })
  return undefined
}

const connect = 'Connect-Okta -Tenant $tenant -ClientId $clientId -JsonWebKey $jwk -Scopes okta.users.read'

async function comparedToFirst(script: string): Promise<Comparison> {
  const shells = await startShells()
  const warm = await shells.start()
  await warm.run(connect)
  // The first calls of a shell compile the module.
  await warm.run(script)
  return {
    async ours() {
      await warm.run(script)
      return undefined
    },
    reference: () => firstConnect(shells),
    async close() {
      await warm.close()
      await shells.close()
    },
  }
}

// Each measurement needs a new shell. It is closed at once, because it would still compile code in the background.
async function firstConnect(shells: Shells): Promise<Work> {
  const shell = await shells.start()
  const start = performance.now()
  await shell.run(connect)
  const amount = performance.now() - start
  await shell.close()
  return { amount }
}

/** Starts shells with separate stores that use the same emulator. */
interface Shells {
  start(): Promise<Shell>
  close(): Promise<void>
}

async function startShells(): Promise<Shells> {
  const emulator = await startEmulatorProcess()
  const home = await mkdtemp(join(tmpdir(), 'bench-'))
  const { clientId, jwk } = serviceApp(emulator)
  await writeFile(join(home, 'key.json'), JSON.stringify(jwk), { mode: 0o600 })
  const given = `$tenant = '${emulator.orgUrl}'; $clientId = '${clientId}'; $jwk = [IO.File]::ReadAllText('${home}/key.json')`
  let count = 0
  return {
    start() {
      count++
      const env = { ...process.env, ...quiet, HOME: home, CONNECT_OKTA_STATE_DIR: join(home, `state-${count}`) }
      return startShell(given, env)
    },
    async close() {
      await emulator.close()
      await rm(home, { recursive: true })
    },
  }
}
