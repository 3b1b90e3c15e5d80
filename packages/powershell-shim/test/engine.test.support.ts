import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { describe, inject } from 'vitest'
import type { EngineKind } from './provided-context.js'

/** The module, as it is built. */
export const moduleFolder = fileURLToPath(new URL('../dist/ConnectOkta', import.meta.url))
const driver = fileURLToPath(new URL('driver.ps1', import.meta.url))

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
export class Engine implements AsyncDisposable {
  readonly #child: ChildProcessWithoutNullStreams
  readonly #lines: AsyncIterator<string>
  readonly #complaints: Promise<string>
  #lastId = 0

  private constructor(
    [command = '', ...args]: readonly string[],
    readonly home: string,
    env: Readonly<Record<string, string>>,
  ) {
    const own = { PATH: process.env.PATH, HOME: home, USERPROFILE: home, TMPDIR: home, ...env }
    this.#child = spawn(command, [...args, '-File', driver], { env: own })
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]()
    this.#complaints = text(this.#child.stderr)
  }

  static async start({ command }: EngineKind, env: Readonly<Record<string, string>> = {}): Promise<Engine> {
    return new Engine(command ?? [], await mkdtemp(join(tmpdir(), 'powershell-')), env)
  }

  get processId(): number {
    return this.#child.pid ?? 0
  }

  /** Runs a script in a new runspace that has the module, with `$given`. */
  async run(script: string, given: object = {}): Promise<Streams> {
    const whole = `Import-Module '${join(moduleFolder, 'ConnectOkta.psd1')}'\n${script}`
    const id = ++this.#lastId
    this.#child.stdin.write(`${JSON.stringify({ id, script: whole, given })}\n`)
    for (;;) {
      const { value, done } = await this.#lines.next()
      if (done) throw new Error(`the engine has ended: ${await this.#complaints}`)
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

/** A suite for each engine that is there; skipped by name where none is. */
export function describeInEngines(name: string, suite: (kind: EngineKind) => void): void {
  for (const kind of inject('engines')) {
    describe.skipIf(kind.command === undefined)(`${name}, in ${kind.name}`, () => suite(kind))
  }
}
