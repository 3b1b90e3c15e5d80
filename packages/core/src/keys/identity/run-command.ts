import type { ChildProcess } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { closeSync, openSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { withoutOwnVariables } from '../../environment.js'

const defaultTimeoutMs = 30_000
const openOutputMs = 1_000
const maxOutputBytes = 64 * 1024
const maxErrorOutputBytes = 16 * 1024

/** Options of {@link runProgram}. */
export interface RunOptions {
  /** What the program reads from its standard input. Default: nothing. */
  readonly input?: Uint8Array
  /** In milliseconds. Default: 30,000. */
  readonly timeoutMs?: number | undefined
  readonly signal?: AbortSignal | undefined
  /** The environment of the program, without the variables of this project. Default: the one of this process. */
  readonly variables?: Readonly<Record<string, string | undefined>>
}

/** What a program printed. */
export interface ProgramOutput {
  readonly stdout: Buffer
  /** At most 16 KiB. It may contain anything. */
  readonly stderr: string
}

/** A program could not be started, failed, or was stopped. */
export class CommandError extends Error {
  /** The error code of the system, such as `ENOENT` if there is no such program; else its exit code or the signal that ended it. */
  readonly code: string | number
  /** `timeout`, `output` or `aborted`: this process stopped the program, also the programs that it started. */
  readonly reason: 'not_started' | 'failed' | 'timeout' | 'output' | 'aborted'
  readonly stderr: string

  constructor(reason: CommandError['reason'], code: string | number, stderr = '') {
    super(`The command failed: ${reason} (${code}).`)
    this.reason = reason
    this.code = code
    this.stderr = stderr
  }

  /** Whether the program ran out of time. */
  get killed(): boolean {
    return this.reason === 'timeout'
  }
}

/**
 * Runs a command and returns its standard output.
 *
 * @throws {@link CommandError} with the code `ENOENT` if there is no such command
 */
export async function runCommand(command: string, args: readonly string[], signal?: AbortSignal): Promise<string> {
  return (await runProgram(command, args, { signal })).stdout.toString()
}

/**
 * Runs a program without a shell and without a terminal. Its environment has no variable of this project or of Okta's SDKs.
 *
 * @throws {@link CommandError}
 */
export async function runProgram(
  command: string,
  args: readonly string[],
  { input, timeoutMs = defaultTimeoutMs, signal, variables = process.env }: RunOptions = {},
): Promise<ProgramOutput> {
  const { spawn } = await import('node:child_process')
  if (signal?.aborted) throw new CommandError('aborted', 'ABORT_ERR')
  const file = input && fileOf(input)
  return await new Promise((resolve, reject) => {
    const child = started(file, () =>
      spawn(command, [...args], {
        // In a process group of its own, so that the programs that it starts can be stopped too.
        detached: process.platform !== 'win32',
        env: withoutOwnVariables(variables),
        stdio: [file ?? 'pipe', 'pipe', 'pipe'],
        windowsHide: true,
      }),
    )
    if (running.size === 0) process.on('exit', stopAll)
    running.add(child)
    const stdout: Buffer[] = []
    let stderr = ''
    let length = 0
    const end = () => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', onAbort)
      running.delete(child)
      if (running.size === 0) process.off('exit', stopAll)
    }
    const closeStreams = () => {
      for (const stream of child.stdio) stream?.destroy()
    }
    const stop = (reason: CommandError['reason'], code: string) => {
      end()
      stopGroup(child)
      closeStreams()
      reject(new CommandError(reason, code, stderr))
    }
    const onAbort = () => stop('aborted', 'ABORT_ERR')
    let timer = setTimeout(stop, timeoutMs, 'timeout', 'ETIMEDOUT')
    signal?.addEventListener('abort', onAbort, { once: true })
    child.stdout?.on('data', (chunk: Buffer) => {
      stdout.push(chunk)
      length += chunk.byteLength
      if (length > maxOutputBytes) stop('output', 'ENOBUFS')
    })
    child.stderr?.on('data', chunk => {
      if (stderr.length < maxErrorOutputBytes) stderr = `${stderr}${chunk}`.slice(0, maxErrorOutputBytes)
    })
    child.on('error', ({ code = 'unknown' }: NodeJS.ErrnoException) => {
      end()
      reject(new CommandError('not_started', code))
    })
    // A program that it started in the background, such as an agent, may still have its output open.
    child.on('exit', () => {
      clearTimeout(timer)
      timer = setTimeout(closeStreams, openOutputMs)
    })
    child.on('close', (code, endedBy) => {
      end()
      if (code === 0) resolve({ stdout: Buffer.concat(stdout), stderr })
      else reject(new CommandError('failed', code ?? endedBy ?? 'unknown', stderr))
    })
    // A program may end without reading its input.
    child.stdin?.on('error', () => {})
    child.stdin?.end(input)
  })
}

// The pipes of Node are sockets, which no program can open as /dev/stdin: AWS and Google document that for their command lines. So
// the input is in a file without a name, except on Windows, or where there is no folder for it.
function fileOf(input: Uint8Array): number | undefined {
  if (process.platform === 'win32') return undefined
  const path = join(tmpdir(), `connect-okta-${randomUUID()}`)
  try {
    const file = openSync(path, 'wx+', 0o600)
    rmSync(path)
    // At a position, because the program reads from the start.
    writeSync(file, input, 0, input.byteLength, 0)
    return file
  } catch {
    return undefined
  }
}

// spawn throws for arguments that the system cannot pass.
function started<T>(file: number | undefined, start: () => T): T {
  try {
    return start()
  } catch (error) {
    throw new CommandError('not_started', (error as NodeJS.ErrnoException).code ?? 'unknown')
  } finally {
    if (file !== undefined) closeSync(file)
  }
}

// They do not outlive this process.
const running = new Set<ChildProcess>()
const stopAll = () => {
  for (const child of running) stopGroup(child)
}

// Windows has no process groups.
function stopGroup(child: ChildProcess): void {
  if (process.platform === 'win32' || child.pid === undefined) {
    child.kill('SIGKILL')
    return
  }
  try {
    process.kill(-child.pid, 'SIGKILL')
  } catch {
    // The group has ended.
  }
}
