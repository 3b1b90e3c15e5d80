import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir, readFile } from 'node:fs/promises'

/** A process of which all that others on the machine can see, and all that it said, is kept. */
export interface WatchedProcess {
  readonly said: { readonly stdout: string; readonly stderr: string }
  /** Command lines and environments: its own, and those of whatever it started. Linux alone shows them. */
  seen(): string
  readonly stdin: NodeJS.WritableStream
  /** Resolves when it has said something that fits. */
  saying(words: RegExp): Promise<void>
  kill(signal?: NodeJS.Signals): void
  /** Its exit code. */
  readonly ended: Promise<number | null>
}

/** Starts a {@link WatchedProcess}, with nothing of this process's environment but the path. */
export function startWatched(args: readonly string[], env: Record<string, string>): WatchedProcess {
  const child = spawn(process.execPath, args, { env: { PATH: process.env.PATH ?? '', ...env } })
  const said = { stdout: '', stderr: '' }
  const listeners = new Set<() => void>()
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', chunk => {
      said[name] += chunk
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
    said,
    seen: () => [...seen].join('\n'),
    stdin: child.stdin,
    async saying(words) {
      await new Promise<void>(resolve => {
        const listener = () => {
          if (!words.test(said.stdout + said.stderr)) return
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

async function lookAt(root: number, seen: Set<string>): Promise<void> {
  const pids = (await readdir('/proc').catch(() => [])).filter(name => /^\d+$/.test(name))
  const parents = new Map<number, number>()
  for (const pid of pids) {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
    parents.set(Number(pid), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]))
  }
  for (const pid of parents.keys()) {
    if (!isBelow(pid, root, parents)) continue
    for (const name of ['cmdline', 'environ']) {
      seen.add(await readFile(`/proc/${pid}/${name}`, 'utf8').catch(() => ''))
    }
  }
}

function isBelow(pid: number, root: number, parents: ReadonlyMap<number, number>): boolean {
  for (let one: number | undefined = pid; one !== undefined && one > 1; one = parents.get(one)) {
    if (one === root) return true
  }
  return false
}
