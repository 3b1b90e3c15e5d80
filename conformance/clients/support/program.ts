import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import { homedir, tmpdir } from 'node:os'
import { text } from 'node:stream/consumers'

/** How to start a program. From the environment of this process, it gets only PATH, TMPDIR and HOME. */
export interface ProgramOptions {
  readonly command: readonly [string, ...string[]]
  readonly env?: Readonly<Record<string, string>> | undefined
  /** The standard input. Default: none. */
  readonly input?: string | undefined
  readonly cwd?: string | undefined
}

/** The result of a program. `code` is `null` if a signal ended it. */
export interface Output {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs a program to its end. */
export async function run(options: ProgramOptions): Promise<Output> {
  const child = start(options)
  child.stdin?.end(options.input)
  const exit = once(child, 'exit')
  const [stdout, stderr] = await Promise.all([output(child.stdout), output(child.stderr)])
  const [code] = await exit
  return { code, stdout, stderr }
}

/** A running program, for example a web application. */
export interface RunningProgram extends AsyncDisposable {
  /** What it printed so far, on stdout and stderr. */
  printed(): string
}

/** Starts a program, and waits until it listens on a port of this machine. */
export async function startProgram(options: ProgramOptions, port: number): Promise<RunningProgram> {
  const child = start(options)
  child.stdin?.end()
  let printed = ''
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', data => (printed += data))
  const exit = once(child, 'exit')
  const program: RunningProgram = {
    printed: () => printed,
    async [Symbol.asyncDispose]() {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM')
      await exit
    },
  }
  while (child.exitCode === null && child.signalCode === null) {
    if (await isListening(port)) return program
    await new Promise(resolve => setTimeout(resolve, 50))
  }
  throw new Error(`${options.command.join(' ')} ended with ${child.exitCode ?? child.signalCode}:\n${printed}`)
}

function start({ command: [program, ...args], env, cwd }: ProgramOptions): ChildProcess {
  const all = { PATH: process.env.PATH, TMPDIR: tmpdir(), HOME: homedir(), ...env }
  return spawn(program, args, { env: all, cwd, stdio: 'pipe' })
}

function output(stream: NodeJS.ReadableStream | null): Promise<string> {
  return stream === null ? Promise.resolve('') : text(stream)
}

async function isListening(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  try {
    await once(socket, 'connect')
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}
