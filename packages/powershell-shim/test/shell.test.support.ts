import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { describe, inject } from 'vitest'

/** The module, as it is built. */
export const moduleFolder = fileURLToPath(new URL('../dist/ConnectOkta', import.meta.url))
/** Where PowerShell is; without it the tests are skipped. */
export const powershell = inject('systemNeeds').pwsh
const modules = fileURLToPath(new URL('../dist', import.meta.url))
const driver = fileURLToPath(new URL('driver.ps1', import.meta.url))
// What PowerShell finds out about its own modules, once for all.
const cache = fileURLToPath(new URL('../.cache', import.meta.url))

/** The environment of a PowerShell that asks nothing outside, and has a home of its own. */
export function environmentIn(home: string, more: Readonly<Record<string, string>> = {}): Record<string, string> {
  const quiet = { POWERSHELL_TELEMETRY_OPTOUT: '1', POWERSHELL_UPDATECHECK: 'Off' }
  const own = { HOME: home, USERPROFILE: home, TMPDIR: home, XDG_CACHE_HOME: cache }
  return { PATH: process.env.PATH ?? '', ...quiet, ...own, ...more }
}

/** An error, as PowerShell has recorded it. */
export interface RecordedError {
  readonly id: string
  readonly message: string
  readonly category: string
  readonly target: string
  readonly recommendedAction: string | null
}

/** Everything that a script said. */
export interface Streams {
  // biome-ignore lint/suspicious/noExplicitAny: scripts answer with whatever they like.
  readonly output: readonly any[]
  /** What ended the script. */
  readonly thrown: RecordedError | null
  readonly errors: readonly RecordedError[]
  readonly warnings: readonly string[]
  readonly verbose: readonly string[]
  readonly debug: readonly string[]
  readonly information: readonly string[]
  readonly progress: readonly string[]
}

/** A PowerShell process with a home of its own. */
export class Shell implements AsyncDisposable {
  readonly #child: ChildProcessWithoutNullStreams
  readonly #lines: AsyncIterator<string>
  readonly #complaints: Promise<string>
  #lastId = 0

  private constructor(
    readonly home: string,
    env: Readonly<Record<string, string>>,
  ) {
    const args = ['-NoProfile', '-NonInteractive', '-File', driver]
    this.#child = spawn(powershell ?? '', args, { env: environmentIn(home, env) })
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]()
    this.#complaints = text(this.#child.stderr)
  }

  static async start(env: Readonly<Record<string, string>> = {}): Promise<Shell> {
    return new Shell(await mkdtemp(join(tmpdir(), 'powershell-')), env)
  }

  /** Runs a script in a new runspace that has the module, with `$given`. */
  async run(script: string, given: object = {}): Promise<Streams> {
    const whole = `Import-Module '${join(moduleFolder, 'ConnectOkta.psd1')}'\n${script}`
    const id = ++this.#lastId
    this.#child.stdin.write(`${JSON.stringify({ id, script: whole, given })}\n`)
    for (;;) {
      const { value, done } = await this.#lines.next()
      if (done) throw new Error(`PowerShell has ended: ${await this.#complaints}`)
      const answer = JSON.parse(value)
      // Others are of tests that have been given up.
      if (answer.id === id) return answer
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.stdin.end()
    if (this.#child.exitCode === null && this.#child.signalCode === null) await once(this.#child, 'exit')
    await rm(this.home, { recursive: true, force: true })
  }
}

/** How a PowerShell ended, and what it wrote. */
export interface Ended {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

/**
 * Runs PowerShell as somebody in a shell does, in a home that has the module where PowerShell looks for it.
 *
 * @param args what comes behind `pwsh`, without the profile
 * @param input what it finds on its standard input
 */
export async function runPowerShell(
  args: readonly string[],
  home: string,
  { env = {}, input = '' }: { readonly env?: Readonly<Record<string, string>>; readonly input?: string } = {},
): Promise<Ended> {
  const child = spawn(powershell ?? '', args, {
    cwd: home,
    env: environmentIn(home, { PSModulePath: modules, ...env }),
  })
  child.stdin.end(input)
  const written = Promise.all([text(child.stdout), text(child.stderr)])
  const [status] = await once(child, 'close')
  const [stdout, stderr] = await written
  return { status, stdout, stderr }
}

/** A suite that runs in PowerShell; skipped by name where it is missing. */
export function describeInPowerShell(name: string, suite: () => void): void {
  describe.skipIf(powershell === undefined)(`${name}, in PowerShell`, suite)
}
