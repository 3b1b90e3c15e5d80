import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { withHome } from '../../../../scripts/testing/with-home.js'

const main = fileURLToPath(new URL('../../dist/main.js', import.meta.url))

/** The built broker in a separate process. */
export interface BrokerProcess {
  readonly child: ChildProcess
  readonly stdout: string
  readonly stderr: string
  /** Resolves when the process has printed a text to stderr or stdout; rejects when it ends before. */
  printed(text: string): Promise<void>
  /** Resolves with the exit code, or the signal. */
  readonly ended: Promise<number | NodeJS.Signals | null>
}

/** Starts the built broker. From the environment of this process, it gets only PATH and TMPDIR. */
export function startProcess(args: readonly string[], env: Record<string, string>): BrokerProcess {
  const child = spawn(process.execPath, [main, ...args], {
    env: withHome({ PATH: process.env.PATH, TMPDIR: tmpdir(), ...env }),
  })
  const output = { stdout: '', stderr: '' }
  const listeners = new Set<() => void>()
  for (const name of ['stdout', 'stderr'] as const) {
    createInterface({ input: child[name] }).on('line', line => {
      output[name] += `${line}\n`
      for (const onLine of listeners) onLine()
    })
  }
  const ended = once(child, 'close').then(([code, signal]) => (code ?? signal) as number | NodeJS.Signals | null)
  return {
    child,
    get stdout() {
      return output.stdout
    },
    get stderr() {
      return output.stderr
    },
    async printed(text) {
      let onLine = () => {}
      const found = new Promise<void>(resolve => {
        onLine = () => (output.stdout.includes(text) || output.stderr.includes(text)) && resolve()
      })
      listeners.add(onLine)
      onLine()
      const early = ended.then(end => Promise.reject(new Error(`it ended (${end}): ${output.stderr}`)))
      await Promise.race([found, early])
      listeners.delete(onLine)
    },
    ended,
  }
}
