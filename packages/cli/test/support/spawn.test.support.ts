import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { withHome } from '../../../../scripts/testing/with-home.js'

type Environment = Readonly<Record<string, string>>

/** The built program. */
export const program = fileURLToPath(new URL('../../dist/main.cjs', import.meta.url))

/** How the program ended, and what it printed. */
export interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

/** Starts the built program, or another one. Of the environment of this process it gets only the path. */
export function spawnProgram(args: readonly string[], env: Environment, cwd?: string, path = program) {
  const child = spawn(process.execPath, [path, ...args], {
    cwd,
    // A session of its own, so that no signal comes from the terminal of the tests.
    detached: true,
    env: withHome({ PATH: process.env.PATH, TMPDIR: tmpdir(), ...env }),
  })
  // A command that reads no input may end before it is written.
  child.stdin.on('error', () => {})
  const end = new Promise<Pick<Ended, 'code' | 'signal'>>(resolve => {
    child.on('exit', (code, signal) => resolve({ code, signal }))
  })
  async function result(): Promise<Ended> {
    const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)])
    return { stdout, stderr, ...(await end) }
  }
  return { child, end, result }
}

/** Runs the built program to its end. */
export async function runProgram(args: readonly string[], env: Environment, input = ''): Promise<Ended> {
  const { child, result } = spawnProgram(args, env)
  child.stdin.end(input)
  return await result()
}

/** Runs the built program on a terminal of its own, without colors, and returns its output there. */
export async function runProgramOnTerminal(args: readonly string[], env: Environment): Promise<string> {
  return await spawnOnTerminal(args, env).end
}

/** Starts the built program on a terminal of its own, without colors. */
export function spawnOnTerminal(args: readonly string[], env: Environment) {
  const command = [process.execPath, program, ...args].map(word => `'${word.replaceAll("'", `'\\''`)}'`).join(' ')
  const { stdout } = spawn('script', ['-qec', command, '/dev/null'], {
    env: withHome({ PATH: process.env.PATH, TMPDIR: tmpdir(), TERM: 'xterm', NO_COLOR: '1', CI: 'true', ...env }),
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let shown = ''
  stdout.setEncoding('utf8').on('data', chunk => {
    shown += chunk
  })
  return { shown: () => shown, end: once(stdout, 'end').then(() => shown) }
}
