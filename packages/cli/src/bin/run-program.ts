import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { constants } from 'node:os'
import { isatty } from 'node:tty'
import type { Environment } from '@connect-okta/core/profiles'

const names = ['SIGINT', 'SIGQUIT', 'SIGTERM', 'SIGHUP'] as const

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
  function passOn(name: NodeJS.Signals): void {
    // At Ctrl+C and Ctrl+\, a terminal sends the signal to the other program too. Terraform, for one, aborts at the second SIGINT.
    const isOfKeyboard = name === 'SIGINT' || name === 'SIGQUIT'
    if (!isOfKeyboard || !isInForeground()) child?.kill(name)
  }
  // Before anything else, so that no signal ends only this program.
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

/**
 * Returns whether the terminal sends the signals of its keyboard to this process, whatever its streams are.
 *
 * @see https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html the fields after the name: state, ppid, pgrp, session, tty_nr, tpgid
 */
function isInForeground(): boolean {
  // Only the console sends them there.
  if (process.platform === 'win32') return true
  try {
    const [group, foreground] = existsSync('/proc/self/stat') ? groupsFromProc() : groupsFromPs()
    return group === foreground
  } catch {
    return [0, 1, 2].some(isatty)
  }
}

// Without a terminal, the foreground group is -1.
function groupsFromProc(): readonly (string | undefined)[] {
  const [, , group, , , foreground] = readFileSync('/proc/self/stat', 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ')
  return [group, foreground]
}

// For macOS. Without a terminal, the foreground group is 0.
function groupsFromPs(): readonly string[] {
  const columns = execFileSync('ps', ['-o', 'pgid=,tpgid=', '-p', String(process.pid)], { encoding: 'utf8' })
  return columns.trim().split(/\s+/)
}
