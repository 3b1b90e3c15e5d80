import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir, readFile } from 'node:fs/promises'

/** A process whose output, and everything that other processes can see of it, is recorded. */
export interface WatchedProcess {
  readonly output: { readonly stdout: string; readonly stderr: string }
  /** Command lines and environments of the process and of its descendants. Only Linux shows them. */
  seen(): string
  readonly stdin: NodeJS.WritableStream
  /** Resolves when its output matches, or when it ends. */
  waitFor(pattern: RegExp): Promise<void>
  kill(signal?: NodeJS.Signals): void
  /** Its exit code. */
  readonly ended: Promise<number | null>
}

/** Starts a {@link WatchedProcess}. Of the environment of this process it gets only the path. */
export function startWatched(args: readonly string[], env: Record<string, string>): WatchedProcess {
  const child = spawn(process.execPath, args, { env: { PATH: process.env.PATH ?? '', ...env } })
  const output = { stdout: '', stderr: '' }
  const listeners = new Set<() => void>()
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', chunk => {
      output[name] += chunk
      for (const listener of listeners) listener()
    })
  }
  child.stdin.on('error', () => {})
  const seen = new Set<string>()
  const look = setInterval(() => void lookAt(child.pid ?? 0, seen), 50)
  const ended = once(child, 'close').then(([code]) => {
    clearInterval(look)
    return code as number | null
  })
  return {
    output,
    seen: () => [...seen].join('\n'),
    stdin: child.stdin,
    async waitFor(pattern) {
      await new Promise<void>(resolve => {
        const listener = () => {
          if (!pattern.test(output.stdout + output.stderr)) return
          listeners.delete(listener)
          resolve()
        }
        listeners.add(listener)
        listener()
        void ended.then(() => resolve())
      })
    },
    kill: signal => child.kill(signal),
    ended,
  }
}

/** Adds the command lines and environments of a process and of its descendants. */
async function lookAt(pid: number | string, seen: Set<string>): Promise<void> {
  const read = (name: string) => readFile(`/proc/${pid}/${name}`, 'utf8').catch(() => '')
  for (const name of ['cmdline', 'environ']) seen.add(await read(name))
  for (const thread of await readdir(`/proc/${pid}/task`).catch(() => [])) {
    const children = (await read(`task/${thread}/children`)).split(' ').filter(Boolean)
    await Promise.all(children.map(child => lookAt(child, seen)))
  }
}
