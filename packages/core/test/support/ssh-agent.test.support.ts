import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect } from 'vitest'
import { currentEnvironment, type Environment } from '../../src/environment.js'
import { newFolder } from './new-folder.test.support.js'

const run = promisify(execFile)

/** An ssh-agent of OpenSSH, without keys. */
export interface TestAgent extends AsyncDisposable {
  readonly folder: string
  /** The environment of a program that uses it. */
  readonly environment: Environment
  /** Creates a key with `ssh-keygen`, and returns the path of its file. */
  createKey(comment: string, ...flags: readonly string[]): Promise<string>
  /** Runs `ssh-add`. */
  add(...args: readonly string[]): Promise<string>
  /** Returns the SHA-256 fingerprint of a key. */
  fingerprintOf(path: string): Promise<string>
}

/**
 * Starts a {@link TestAgent}.
 *
 * @param askpass the script that the agent and `ssh-add` run to ask for a confirmation or a password. Default: none is possible.
 * @param variables more environment variables for them.
 */
export async function startSshAgent(
  askpass = 'exit 1',
  variables: Readonly<Record<string, string>> = {},
): Promise<TestAgent> {
  const folder = await newFolder()
  const socket = join(folder, 'agent')
  const program = join(folder, 'askpass')
  await writeFile(program, `#!/bin/sh\n${askpass}\n`, { mode: 0o700 })
  const asking = { SSH_ASKPASS: program, SSH_ASKPASS_REQUIRE: 'force', DISPLAY: ':0' }
  const env = { PATH: process.env.PATH ?? '', HOME: folder, SSH_AUTH_SOCK: socket, ...asking, ...variables }
  const agent = spawn('ssh-agent', ['-D', '-a', socket], { env: { ...env, SSH_AUTH_SOCK: '' }, stdio: 'ignore' })
  await expect.poll(() => existsSync(socket)).toBe(true)
  const output = async (program: string, args: readonly string[]) => (await run(program, [...args], { env })).stdout
  let keys = 0
  return {
    folder,
    environment: currentEnvironment(env),
    async createKey(comment, ...flags) {
      keys += 1
      const path = join(folder, `key-${keys}`)
      await output('ssh-keygen', ['-q', '-N', '', '-C', comment, '-f', path, ...flags])
      return path
    },
    add: (...args) => output('ssh-add', ['-q', ...args]),
    fingerprintOf: async path => (await output('ssh-keygen', ['-lf', path])).split(' ')[1] ?? '',
    async [Symbol.asyncDispose]() {
      const ended = once(agent, 'exit')
      agent.kill()
      await ended
    },
  }
}
