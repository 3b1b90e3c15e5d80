import { execFile } from 'node:child_process'
import { homedir, tmpdir } from 'node:os'

/** The result of a program. */
export interface Output {
  /** -1 if it could not be started, or was ended by a signal. */
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

interface RunOptions {
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
}

/** Runs a program to its end. From the environment of this process, it gets only PATH, TMPDIR and HOME. */
export function run([program = '', ...args]: readonly string[], { env, cwd }: RunOptions = {}): Promise<Output> {
  const all = { PATH: process.env.PATH, TMPDIR: tmpdir(), HOME: homedir(), ...env }
  return new Promise(resolve => {
    execFile(program, args, { env: all, cwd }, (error, stdout, stderr) => {
      if (error === null) resolve({ code: 0, stdout, stderr })
      else if (typeof error.code === 'number') resolve({ code: error.code, stdout, stderr })
      else resolve({ code: -1, stdout, stderr: `${error.message}\n${stderr}` })
    })
  })
}
