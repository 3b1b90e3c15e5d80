import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { describe, inject } from 'vitest'

/** The module that the build makes. */
export const moduleFolder = fileURLToPath(new URL('../../dist/ConnectOkta', import.meta.url))
/** The path of PowerShell. Without it, the tests are skipped. */
export const powershell = inject('systemNeeds').pwsh
const modules = fileURLToPath(new URL('../../dist', import.meta.url))
const driver = fileURLToPath(new URL('driver.ps1', import.meta.url))
// PowerShell caches here what its modules contain: once for all tests.
const cache = fileURLToPath(new URL('../../.cache', import.meta.url))

/** The environment variables of a PowerShell with its own home folder that sends nothing to other machines. */
export function environmentIn(home: string, more: Readonly<Record<string, string>> = {}): Record<string, string> {
  const offline = { POWERSHELL_TELEMETRY_OPTOUT: '1', POWERSHELL_UPDATECHECK: 'Off' }
  const own = { HOME: home, USERPROFILE: home, TMPDIR: home, XDG_CACHE_HOME: cache }
  return { PATH: process.env.PATH ?? '', ...offline, ...own, ...more }
}

/** An error, as PowerShell has recorded it. */
export interface RecordedError {
  readonly id: string
  readonly message: string
  readonly category: string
  readonly target: string
  readonly recommendedAction: string | null
}

/** What a script wrote, by stream. */
export interface Streams {
  // biome-ignore lint/suspicious/noExplicitAny: a script may return anything.
  readonly output: readonly any[]
  /** The error that ended the script. */
  readonly thrown: RecordedError | null
  readonly errors: readonly RecordedError[]
  readonly warnings: readonly string[]
  readonly verbose: readonly string[]
  readonly debug: readonly string[]
  readonly information: readonly string[]
  readonly progress: readonly string[]
}

/** A PowerShell process with its own home folder. */
export class Shell implements AsyncDisposable {
  readonly #child: ChildProcessWithoutNullStreams
  readonly #lines: AsyncIterator<string>
  readonly #errorOutput: Promise<string>
  #lastId = 0

  private constructor(
    readonly home: string,
    env: Readonly<Record<string, string>>,
  ) {
    const args = ['-NoProfile', '-File', driver]
    this.#child = spawn(powershell ?? '', args, { env: environmentIn(home, env) })
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]()
    this.#errorOutput = text(this.#child.stderr)
  }

  static async start(env: Readonly<Record<string, string>> = {}): Promise<Shell> {
    return new Shell(await mkdtemp(join(tmpdir(), 'powershell-')), env)
  }

  /** Runs a script with `$given` in the runspace of this shell, with the session of the scripts before it. */
  async run(script: string, given: object = {}): Promise<Streams> {
    return await this.#send({ script, given, isNew: false })
  }

  /** Runs a script with `$given` in a new runspace, which starts its own Node process. */
  async runInNewRunspace(script: string, given: object = {}): Promise<Streams> {
    return await this.#send({ script, given, isNew: true })
  }

  async #send(job: object): Promise<Streams> {
    const id = ++this.#lastId
    this.#child.stdin.write(`${JSON.stringify({ id, module: join(moduleFolder, 'ConnectOkta.psd1'), ...job })}\n`)
    for (;;) {
      const { value, done } = await this.#lines.next()
      if (done) throw new Error(`PowerShell has ended: ${await this.#errorOutput}`)
      const result = JSON.parse(value)
      // The result of a test that has timed out may still arrive.
      if (result.id === id) return result
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.stdin.end()
    if (this.#child.exitCode === null && this.#child.signalCode === null) await once(this.#child, 'exit')
  }
}

/** The exit code of a PowerShell, and what it wrote. */
export interface ExitResult {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

/**
 * Runs PowerShell as a user does in a shell, with the module where PowerShell looks for it.
 *
 * @param args the arguments of `pwsh`
 * @param input its standard input
 */
export async function runPowerShell(
  args: readonly string[],
  home: string,
  { env = {}, input = '' }: { readonly env?: Readonly<Record<string, string>>; readonly input?: string } = {},
): Promise<ExitResult> {
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

/** A suite that runs in PowerShell. Skipped if there is none. */
export function describeInPowerShell(name: string, suite: () => void): void {
  describe.skipIf(powershell === undefined)(`${name}, in PowerShell`, suite)
}
