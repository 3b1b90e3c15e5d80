import { type ChildProcess, spawn } from 'node:child_process'
import { constants } from 'node:os'
import { isatty } from 'node:tty'
import type { Environment } from '@connect-okta/core/profiles'

const names = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/**
 * Runs a program to its end: see `Io.runProgram`.
 *
 * @param release stops the handling of signals by this program.
 */
export async function runProgram(
  [program, ...args]: readonly [string, ...string[]],
  variables: Environment['variables'],
  release: () => void,
): Promise<number> {
  let child: ChildProcess | undefined
  // At Ctrl+C, a terminal sends SIGINT to the other program too. Terraform, for one, aborts at the second one.
  const isOnTerminal = [0, 1, 2].some(isatty)
  function passOn(name: NodeJS.Signals): void {
    if (name !== 'SIGINT' || !isOnTerminal) child?.kill(name)
  }
  // Before anything else, so that no signal ends this program alone.
  for (const name of names) process.on(name, passOn)
  release()
  try {
    const started = spawn(program, args, { stdio: 'inherit', env: variables })
    child = started
    return await new Promise((resolve, reject) => {
      started.once('error', reject)
      started.once('exit', (code, signal) => resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal])))
    })
  } finally {
    for (const name of names) process.off(name, passOn)
  }
}
