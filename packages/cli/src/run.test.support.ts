import { spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'

/** The built command. */
export const main = fileURLToPath(new URL('../dist/main.cjs', import.meta.url))

/** How a run of the command ended, and what it said. */
export interface Run {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

/** Starts the built command, with nothing of this process's environment but the path. */
export function start(args: readonly string[], env: Record<string, string>, cwd?: string) {
  const child = spawn(process.execPath, [main, ...args], { cwd, env: { PATH: process.env.PATH, ...env } })
  const end = new Promise<Pick<Run, 'code' | 'signal'>>(resolve => {
    child.on('exit', (code, signal) => resolve({ code, signal }))
  })
  async function result(): Promise<Run> {
    const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)])
    return { stdout, stderr, ...(await end) }
  }
  return { child, end, result }
}

/** Runs the built command to its end. */
export async function run(args: readonly string[], env: Record<string, string>, input = ''): Promise<Run> {
  const { child, result } = start(args, env)
  // A command that reads nothing may be over before this is written.
  child.stdin.on('error', () => {})
  child.stdin.end(input)
  return await result()
}

/** Runs the built command to its end in another folder. */
export async function runIn(cwd: string, args: readonly string[], env: Record<string, string>): Promise<Run> {
  const { child, result } = start(args, env, cwd)
  child.stdin.end()
  return await result()
}

/** A home of nobody, which is gone after the test. */
export async function emptyHome(): Promise<string> {
  const home = await mkdtemp(join(tmpdir(), 'cli-'))
  onTestFinished(() => rm(home, { recursive: true, force: true, maxRetries: 10 }))
  return home
}

/** Writes a file that holds JSON, and returns its path. */
export async function jsonFile(folder: string, name: string, content: unknown): Promise<string> {
  const path = join(folder, name)
  await writeFile(path, JSON.stringify(content), { mode: 0o600 })
  return path
}

/** Runs the built command on a terminal of its own, without colors, and returns all that it wrote there. */
export async function runOnTerminal(args: readonly string[], env: Record<string, string>): Promise<string> {
  const command = [process.execPath, main, ...args].map(word => `'${word.replaceAll("'", `'\\''`)}'`).join(' ')
  const child = spawn('script', ['-qec', command, '/dev/null'], {
    env: { PATH: process.env.PATH, TERM: 'xterm', NO_COLOR: '1', CI: 'true', ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  return await text(child.stdout)
}
