import { fstatSync } from 'node:fs'
import { currentEnvironment } from '@connect-okta/core/profiles'
import { writeDirectly } from '../fast-path/write-directly.js'
import type { Io } from '../io.js'
import { fastExitFetch } from './fast-exit-fetch.js'
import { handleInterruption } from './interruption.js'
import { searchOnlyPath } from './search-only-path.js'

declare const VERSION: string

/** Binds the program to this process. Each standard stream opens at its first use, because Node needs 1 to 2 ms for each. */
export function processIo(): Io {
  let stdout: NodeJS.WriteStream | undefined
  let stderr: NodeJS.WriteStream | undefined
  function openStdout(): NodeJS.WriteStream {
    stdout ??= process.stdout.on('error', endWithoutReader)
    return stdout
  }
  const forPrograms = searchOnlyPath()
  const interruption = handleInterruption()
  return {
    environment: currentEnvironment(),
    get cwd() {
      return process.cwd()
    },
    version: VERSION,
    get stdin() {
      return process.stdin
    },
    get stdout() {
      return openStdout()
    },
    writeAnswer(text) {
      if (stdout !== undefined) return void stdout.write(text)
      try {
        writeDirectly(text, openStdout)
      } catch (error) {
        endWithoutReader(error as NodeJS.ErrnoException)
      }
    },
    get stderr() {
      // Without a reader of the message, the exit code reports the failure.
      stderr ??= process.stderr.on('error', () => {})
      return stderr
    },
    get isStdoutPiped() {
      const stdout = fstatSync(1)
      return stdout.isFIFO() || stdout.isSocket()
    },
    interruption,
    now: () => Date.now(),
    monotonicNow: () => performance.now(),
    fetch: fastExitFetch,
    async runProgram(command, variables) {
      // Loaded when it is needed, because Node takes 2 ms for its module of child processes.
      const { runProgram } = await import('./run-program.js')
      return await runProgram(command, forPrograms(variables), () => interruption.release())
    },
  }
}

// A reader that ends early, such as head, is not a failure.
function endWithoutReader({ code }: NodeJS.ErrnoException): never {
  if (code === 'EPIPE') process.exit(0)
  process.stderr.write(`error: Cannot write the output: ${code}.\n`)
  // As for store_failed: a problem of this machine.
  process.exit(6)
}
