import { spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'

const main = fileURLToPath(new URL('../dist/main.js', import.meta.url))

/** How a run of the command ended, and what it said. */
export interface Run {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

/** Starts the built command, with nothing of this process's environment but the path. */
export function start(args: readonly string[], env: Record<string, string>) {
  const child = spawn(process.execPath, [main, ...args], { env: { PATH: process.env.PATH, ...env } })
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
  child.stdin.end(input)
  return await result()
}
