import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const main = fileURLToPath(new URL('../../dist/main.js', import.meta.url))

/** The built broker, in a process of its own. */
export interface BrokerProcess {
  readonly child: ChildProcess
  readonly stdout: string
  readonly stderr: string
  /** Resolves once a text has been written to stderr or stdout; rejects when the process ends before. */
  saying(text: string): Promise<void>
  /** Resolves with the exit code, or the signal. */
  readonly ended: Promise<number | NodeJS.Signals | null>
}

/** Starts the built broker, with nothing of this process's environment but the paths of programs and temporary files. */
export function startProcess(args: readonly string[], env: Record<string, string>): BrokerProcess {
  const child = spawn(process.execPath, [main, ...args], { env: { PATH: process.env.PATH, TMPDIR: tmpdir(), ...env } })
  const said = { stdout: '', stderr: '' }
  const waiting = new Set<() => void>()
  for (const name of ['stdout', 'stderr'] as const) {
    createInterface({ input: child[name] }).on('line', line => {
      said[name] += `${line}\n`
      for (const look of waiting) look()
    })
  }
  const ended = once(child, 'close').then(([code, signal]) => (code ?? signal) as number | NodeJS.Signals | null)
  return {
    child,
    get stdout() {
      return said.stdout
    },
    get stderr() {
      return said.stderr
    },
    async saying(text) {
      let look = () => {}
      const heard = new Promise<void>(resolve => {
        look = () => (said.stdout.includes(text) || said.stderr.includes(text)) && resolve()
      })
      waiting.add(look)
      look()
      const early = ended.then(end => Promise.reject(new Error(`it ended (${end}): ${said.stderr}`)))
      await Promise.race([heard, early])
      waiting.delete(look)
    },
    ended,
  }
}
