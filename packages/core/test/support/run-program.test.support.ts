import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { tmpdir } from 'node:os'
import type { Readable, Writable } from 'node:stream'
import { promisify } from 'node:util'
import { withHome } from '../../../../scripts/testing/with-home.js'

// Specifiers of the built modules for scripts: `import { connect } from ${core}`.
const built = (name: string) => JSON.stringify(new URL(`../../dist/bundle/${name}.js`, import.meta.url).href)
export const core = built('index')
export const profiles = built('profiles')
export const signIn = built('sign-in')
export const stores = built('stores')

interface ProgramOptions {
  /** Added to `PATH` and `TMPDIR`, the only variables that the process inherits. */
  readonly env?: NodeJS.ProcessEnv
  readonly cwd?: string
  readonly nodeFlags?: readonly string[]
  /** Sent to stdin. */
  readonly input?: string
}

const commandOf = (script: string, { env, cwd, nodeFlags = [] }: ProgramOptions) =>
  [
    process.execPath,
    [...nodeFlags, '--input-type=module', '-e', script],
    { env: withHome({ PATH: process.env.PATH, TMPDIR: tmpdir(), ...env }), cwd },
  ] as const

/** Runs a script in a child process and returns its standard output. */
export async function runProgram(script: string, options: ProgramOptions = {}): Promise<string> {
  const run = promisify(execFile)(...commandOf(script, options))
  run.child.stdin?.end(options.input)
  return (await run).stdout
}

/** Starts a script in a child process. Its standard error goes to the output of the tests. */
export function startProgram(
  script: string,
  options: ProgramOptions = {},
): ChildProcess & { stdin: Writable; stdout: Readable } {
  const [command, args, settings] = commandOf(script, options)
  return spawn(command, args, { ...settings, stdio: ['pipe', 'pipe', 'inherit'] })
}
