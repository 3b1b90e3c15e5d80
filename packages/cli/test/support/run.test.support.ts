import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough, Readable, Writable } from 'node:stream'
import { defaultFetch } from '@connect-okta/core/api'
import { currentEnvironment } from '@connect-okta/core/profiles'
import { withHome } from '../../../../scripts/testing/with-home.js'
import type { Io, Output } from '../../src/io.js'
import { main } from '../../src/main.js'

type Variables = Readonly<Record<string, string>>

// Without a session bus there is no keyring, whatever this machine has.
for (const name of ['DBUS_SESSION_BUS_ADDRESS', 'XDG_RUNTIME_DIR']) delete process.env[name]

/** How a command ended, and what it printed. */
export interface Run {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** The parts of the environment that a test replaces. */
interface RunOptions {
  readonly input?: string | Buffer
  readonly cwd?: string
  /** Whether the user has a home folder. Default: true. */
  readonly hasHome?: boolean
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
export async function run(args: readonly string[], variables: Variables, options: RunOptions = {}): Promise<Run> {
  const { input = '', ...rest } = options
  const { stdin, result } = start(args, variables, rest)
  stdin.end(input)
  return await result
}

/** Starts a command line in this process. */
export function start(args: readonly string[], variables: Variables, options: Omit<RunOptions, 'input'> = {}): Running {
  const stdin = new PassThrough()
  const stdout = new Captured()
  const stderr = new Captured()
  const interruption = interruptible()
  const io = ioOf({ ...options, variables, stdin, stdout, stderr, interruption })
  const result = main(args, io).then(code => {
    // Exit code 1 is a bug.
    if (code === 1) throw new Error(stderr.text())
    return { code, stdout: stdout.text(), stderr: stderr.text() }
  })
  return { stdin, shows: what => stderr.shows(what), interrupt: interruption.interrupt, result }
}

/** Runs a command line in this process as on a terminal without colors, and returns its output there. */
export async function runOnTerminal(
  args: readonly string[],
  variables: Variables,
  { columns = 80, ...options }: Pick<RunOptions, 'openBrowser'> & { readonly columns?: number } = {},
): Promise<string> {
  const screen = new Captured({ isTTY: true, columns })
  const stdin = Readable.from([])
  const onTerminal = { TERM: 'xterm', NO_COLOR: '1', CI: 'true', ...variables }
  const io = ioOf({
    ...options,
    variables: onTerminal,
    stdin,
    stdout: screen,
    stderr: screen,
    interruption: interruptible(),
  })
  await main(args, io)
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

function ioOf(
  given: Pick<Io, 'stdin' | 'stdout' | 'stderr' | 'interruption'> & RunOptions & { readonly variables: Variables },
): Io {
  const { variables, stdin, stdout, stderr, interruption, cwd = process.cwd(), hasHome = true, openBrowser } = given
  const environment = currentEnvironment(withHome({ PATH: process.env.PATH, TMPDIR: tmpdir(), ...variables }))
  return {
    ...{ stdin, stdout, stderr, interruption, cwd, ...(openBrowser && { openBrowser }) },
    environment: hasHome ? environment : Object.create(environment, { home: { value: undefined } }),
    writeAnswer: text => void stdout.write(text),
    version: '1.2.3',
    isStdoutPiped: false,
    now: () => Date.now(),
    monotonicNow: () => performance.now(),
    fetch: defaultFetch,
    runProgram: () => Promise.reject(new Error('Run the built program instead.')),
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
