import { type ChildProcessWithoutNullStreams, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import { serviceApp, startEmulatorProcess } from '../emulator-process.js'
import type { Contest, Row, Work } from '../row.js'

const run = promisify(execFile)
const pairs = 10
const tokensPerJob = 50
const folder = dirname(createRequire(import.meta.url).resolve('@connect-okta/powershell-shim/package.json'))
const manifest = join(folder, 'dist/ConnectOkta/ConnectOkta.psd1')

/**
 * What a user waits for who connects by key in a shell that runs already. The original cmdlet takes 2.9 times as long as a
 * shell takes to start.
 */
export const powershellFirstConnect: Row = {
  name: 'PowerShell: the first Connect-Okta of a shell',
  ours: 'Connect-Okta',
  reference: 'the start of a shell',
  budget: 1.2,
  pairs,
  needs: 'pwsh',
  isLong: true,
  async prepare() {
    const shells = await shellMaker()
    return { ours: () => firstConnect(shells), reference: () => startAndEnd('1'), close: () => shells.close() }
  },
}

/** The same again: the token is in the store. */
export const powershellLaterConnect: Row = {
  name: 'PowerShell: a later Connect-Okta, from the store',
  ours: 'a later Connect-Okta',
  reference: 'the first',
  budget: 0.08,
  pairs,
  needs: 'pwsh',
  isLong: true,
  prepare: () => comparedToTheFirst(connect),
}

/** What each request of a script that calls Okta by other means begins with. */
export const powershellToken: Row = {
  name: `PowerShell: ${tokensPerJob} x Get-OktaAccessToken`,
  ours: `${tokensPerJob} x Get-OktaAccessToken`,
  reference: 'the first Connect-Okta',
  budget: 0.7,
  pairs,
  needs: 'pwsh',
  isLong: true,
  prepare: () => comparedToTheFirst(`foreach ($i in 1..${tokensPerJob}) { $null = Get-OktaAccessToken }`),
}

/** What the module adds to the start of a shell that has it in its profile. */
export const powershellImport: Row = {
  name: 'PowerShell: a shell that imports the module',
  ours: 'start, import',
  reference: 'start',
  // The import takes no more than half of the start.
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

async function comparedToTheFirst(script: string): Promise<Contest> {
  const shells = await shellMaker()
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

// A shell is new but once, and goes on compiling for a while: the next one is not to wait for that.
async function firstConnect(shells: ShellMaker): Promise<Work> {
  const shell = await shells.start()
  const start = performance.now()
  await shell.run(connect)
  const amount = performance.now() - start
  await shell.close()
  return { amount }
}

interface Shell {
  run(line: string): Promise<void>
  close(): Promise<void>
}

/** Starts shells that each have a store of their own, beside one emulator. */
interface ShellMaker {
  start(): Promise<Shell>
  close(): Promise<void>
}

async function shellMaker(): Promise<ShellMaker> {
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

// Nothing outside is asked.
const quiet = { POWERSHELL_TELEMETRY_OPTOUT: '1', POWERSHELL_UPDATECHECK: 'Off' }

// Reads a line, runs it, says so; as a prompt does.
const loop = `
[Console]::Out.WriteLine('ready')
while ($null -ne ($line = [Console]::In.ReadLine())) { . ([scriptblock]::Create($line)); [Console]::Out.WriteLine("done $($Error.Count)") }`

async function startShell(given: string, env: NodeJS.ProcessEnv): Promise<Shell> {
  const script = `$WarningPreference = 'SilentlyContinue'; Import-Module '${manifest}'; ${given}; ${loop}`
  const child: ChildProcessWithoutNullStreams = spawn('pwsh', ['-NoProfile', '-Command', script], { env })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const expectLine = async (expected: string) => {
    const { value } = await lines.next()
    if (value !== expected) throw new Error(`the shell said ${value} in the place of ${expected}`)
  }
  await expectLine('ready')
  return {
    async run(line) {
      child.stdin.write(`${line}\n`)
      await expectLine('done 0')
    },
    async close() {
      child.stdin.end()
      await once(child, 'exit')
    },
  }
}
