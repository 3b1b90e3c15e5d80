import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterEach } from 'vitest'

export const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url))

export const running: ChildProcess[] = []
afterEach(() => {
  for (const child of running.splice(0)) child.kill('SIGKILL')
})

/** Starts the program. The process is killed after the test. */
export const start = (...args: string[]) => startAs({}, ...args)

/** Starts the program as {@link start}, with options of the process. */
export function startAs(
  { stdin = '', ...options }: { uid?: number; env?: NodeJS.ProcessEnv; stdin?: string },
  ...args: string[]
) {
  const child = spawn(process.execPath, [MAIN, ...args], { ...options, stdio: 'pipe' })
  child.stdin.end(stdin)
  running.push(child)
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', chunk => {
    stdout += chunk
  })
  child.stderr.on('data', chunk => {
    stderr += chunk
  })
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]()
  const ended = new Promise<{ code: number | null; stdout: string; stderr: string }>(resolve => {
    child.once('close', code => resolve({ code, stdout, stderr }))
  })
  return { child, ended, nextLine: async () => String((await lines.next()).value) }
}

/** The line that --json prints. */
export interface StartupInfo {
  orgUrl: string
  clients: Record<string, unknown>[]
  users: Record<string, unknown>[]
}
