import { execFile } from 'node:child_process'
import { homedir, tmpdir } from 'node:os'

/** The result of a program. */
export interface Output {
  /** -1 if it could not be started, or was ended by a signal. */
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs a program to its end. From the environment of this process, it gets only PATH, TMPDIR and HOME. */
export function run(
  [program = '', ...args]: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Output> {
  const all = { PATH: process.env.PATH, TMPDIR: tmpdir(), HOME: homedir(), ...env }
  return new Promise(resolve => {
    execFile(program, args, { env: all }, (error, stdout, stderr) => {
      if (error === null) resolve({ code: 0, stdout, stderr })
      else if (typeof error.code === 'number') resolve({ code: error.code, stdout, stderr })
      else resolve({ code: -1, stdout, stderr: `${error.message}\n${stderr}` })
    })
  })
}

/** Runs a compiler. @throws {Error} with its output if it fails. */
export async function compile(command: readonly string[], env: Readonly<Record<string, string>>): Promise<void> {
  const { code, stdout, stderr } = await run(command, env)
  if (code !== 0) throw new Error(`${command.join(' ')} failed:\n${stdout}${stderr}`)
}
