import { mkdtemp, writeFile } from 'node:fs/promises'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough, Readable, Writable } from 'node:stream'
import { defaultFetch } from '@connect-okta/core/api'
import type { Io, Output } from '../../src/io.js'
import { main } from '../../src/main.js'

type Environment = Readonly<Record<string, string>>

/** How a command ended, and what it printed. */
export interface Run {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** The parts of the environment that a test replaces. */
interface RunOptions {
  readonly input?: string
  readonly cwd?: string
  /** Instead of a program that `BROWSER` names. */
  readonly openBrowser?: Io['openBrowser']
}

/** A command that runs in this process. */
export interface Running {
  readonly stdin: PassThrough
  /** Waits until stderr has a match. */
  shows(what: RegExp): Promise<RegExpExecArray>
  /** Has the effect of a signal. */
  interrupt(): void
  readonly result: Promise<Run>
}

/** Runs a command line in this process. Of the environment of the process it gets only the path. */
export async function run(args: readonly string[], env: Environment, options: RunOptions = {}): Promise<Run> {
  const { input = '', ...rest } = options
  const { stdin, result } = start(args, env, rest)
  stdin.end(input)
  return await result
}

/** Starts a command line in this process. */
export function start(args: readonly string[], env: Environment, options: Omit<RunOptions, 'input'> = {}): Running {
  const stdin = new PassThrough()
  const stdout = new Captured()
  const stderr = new Captured()
  const interruption = interruptible()
  const io = ioOf({ ...options, env, stdin, stdout, stderr, interruption })
  const result = withEnvironment(io.env, () => main(args, io)).then(code => {
    // Exit code 1 is a bug.
    if (code === 1) throw new Error(stderr.text())
    return { code, stdout: stdout.text(), stderr: stderr.text() }
  })
  return { stdin, shows: what => stderr.shows(what), interrupt: interruption.interrupt, result }
}

/** Runs a command line in this process as on a terminal without colors, and returns its output there. */
export async function runOnTerminal(
  args: readonly string[],
  env: Environment,
  options: Pick<RunOptions, 'openBrowser'> = {},
): Promise<string> {
  const screen = new Captured({ isTTY: true, columns: 80 })
  const stdin = Readable.from([])
  const environment = { TERM: 'xterm', NO_COLOR: '1', CI: 'true', ...env }
  const io = ioOf({
    ...options,
    env: environment,
    stdin,
    stdout: screen,
    stderr: screen,
    interruption: interruptible(),
  })
  await withEnvironment(io.env, () => main(args, io))
  return screen.text()
}

/** An empty home folder. */
export async function emptyHome(): Promise<string> {
  return await mkdtemp(join(tmpdir(), 'cli-'))
}

/** Writes a file that holds JSON, and returns its path. */
export async function jsonFile(folder: string, name: string, content: unknown): Promise<string> {
  const path = join(folder, name)
  await writeFile(path, JSON.stringify(content), { mode: 0o600 })
  return path
}

function ioOf(given: Pick<Io, 'env' | 'stdin' | 'stdout' | 'stderr' | 'interruption'> & RunOptions): Io {
  const { env, stdin, stdout, stderr, interruption, cwd = process.cwd(), openBrowser } = given
  return {
    ...{ stdin, stdout, stderr, interruption, cwd, ...(openBrowser && { openBrowser }) },
    env: { PATH: process.env.PATH, TMPDIR: tmpdir(), ...env },
    get home() {
      return homedir()
    },
    writeAnswer: text => void stdout.write(text),
    version: '1.2.3',
    isStdoutPiped: false,
    now: () => Date.now(),
    monotonicNow: () => performance.now(),
    fetch: defaultFetch,
  }
}

function interruptible(): Io['interruption'] & { readonly interrupt: () => void } {
  const controller = new AbortController()
  return {
    signal: controller.signal,
    get exitCode() {
      return controller.signal.aborted ? 130 : undefined
    },
    interrupt: () => controller.abort(new Error('SIGINT')),
    release() {},
  }
}

class Captured extends Writable implements Output {
  readonly isTTY: boolean
  readonly columns: number
  readonly #chunks: Buffer[] = []
  readonly #decodes = new TextDecoder()

  constructor({ isTTY = false, columns = 0 } = {}) {
    super({ decodeStrings: true })
    this.isTTY = isTTY
    this.columns = columns
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.#chunks.push(chunk)
    this.emit('text')
    done()
  }

  text(): string {
    return this.#decodes.decode(Buffer.concat(this.#chunks))
  }

  async shows(what: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const found = what.exec(this.text())
      if (found !== null) return found
      await new Promise(resolve => this.once('text', resolve))
    }
  }
}

let active: { readonly env: string; runs: number; readonly outer: NodeJS.ProcessEnv } | undefined

// The core reads the environment of the process: its stores, proxies and home folder take no other. So it is replaced while
// commands run, and those that run side by side have the same.
async function withEnvironment<T>(env: Io['env'], use: () => Promise<T>): Promise<T> {
  const wanted = JSON.stringify(env)
  if (active !== undefined && active.env !== wanted) throw new Error('another command runs with another environment')
  active ??= { env: wanted, runs: 0, outer: replaceEnvironment(env) }
  const { outer } = active
  active.runs++
  try {
    return await use()
  } finally {
    active.runs--
    if (active.runs === 0) {
      active = undefined
      replaceEnvironment(outer)
    }
  }
}

function replaceEnvironment(env: Io['env']): NodeJS.ProcessEnv {
  const before = { ...process.env }
  for (const name of Object.keys(before)) delete process.env[name]
  for (const [name, value] of Object.entries(env)) if (value !== undefined) process.env[name] = value
  return before
}
