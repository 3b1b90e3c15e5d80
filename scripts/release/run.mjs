import { spawnSync } from 'node:child_process'
import { root } from '../pnpm.mjs'

/**
 * Runs a program, whose output goes to the terminal.
 *
 * @throws Error if it fails
 */
export function run(command, args, options) {
  const { status, error } = spawnSync(command, args, { stdio: 'inherit', ...options })
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} failed`, { cause: error })
}

/**
 * Runs a program, and returns its output.
 *
 * @throws Error if it fails, with what it wrote to stderr
 */
export function output(command, args, options = {}) {
  const all = { cwd: root, encoding: 'utf8', maxBuffer: 2 ** 26, ...options }
  const { status, stdout, stderr, error } = spawnSync(command, args, all)
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} failed:\n${stderr}`, { cause: error })
  return stdout
}
