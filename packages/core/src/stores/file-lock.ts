import { randomUUID } from 'node:crypto'
import {
  closeSync,
  constants,
  linkSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { hostname } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { sleep } from '../abort.js'
import { removeFile } from './remove-file.js'
import type { ExclusiveOptions } from './token-store.js'
import { Waiting } from './waiting.js'

/** Who holds a lock, precisely enough to tell that it is dead, and never to take a namesake for it. */
interface LockOwner {
  readonly token: string
  readonly host: string
  /** Another boot of the same host: every process of then is dead. */
  readonly boot: string | null
  /** Process ids mean something only inside their namespace: a container counts from 1. */
  readonly pidNamespace: string | null
  readonly pid: number
  /** Ids are reused; id and start time together are not. */
  readonly processStart: string | null
  /** What it tells those who wait. */
  readonly says?: string
}

/** A lock file that is held. */
export interface FileLock {
  /** Tells those who wait what they wait for. */
  announce(text: string): Promise<void>
}

const heartbeatMs = 5_000
const silenceMs = 30_000
const pollMs = { first: 10, longest: 200 }
const permitMark = '.dead-'

// The file system is asked at once here: a thread that does it for us takes longer than it.

/**
 * Runs `use` while this process alone holds the lock file. A lock whose owner has died is taken over.
 *
 * @param path the lock file; it exists exactly while somebody holds the lock.
 * @throws {@link OktaConnectError} `cancelled`, `store_failed` for a wait without end; errors of the file system as they come.
 */
export async function withFileLock<T>(
  path: string,
  use: (lock: FileLock) => Promise<T>,
  options: ExclusiveOptions = {},
): Promise<T> {
  const owner = describeSelf()
  await acquire(path, owner, options)
  // Only owners that cannot be looked up, on other hosts or in other namespaces, are judged by this.
  const heartbeat = setInterval(() => touch(path), heartbeatMs).unref()
  try {
    return await use({ announce: async says => replace(path, { ...owner, says }) })
  } finally {
    clearInterval(heartbeat)
    // Now and then: it takes longer the more records there are.
    if (Math.random() < 1 / 20) ifPossible(() => sweep(path, owner))
    if (ownerOf(path)?.token === owner.token) removeFile(path)
  }
}

async function acquire(path: string, owner: LockOwner, options: ExclusiveOptions): Promise<void> {
  const waiting = new Waiting(options)
  // The file is complete before it gets the lock's name, so nobody ever reads half an owner.
  const own = `${path}.${owner.token}`
  writeFileSync(own, JSON.stringify(owner), { mode: 0o600, flag: 'wx' })
  try {
    for (let wait = pollMs.first; ; wait = Math.min(wait * 2, pollMs.longest)) {
      if (tryLink(own, path)) return
      const holder = ownerOf(path)
      if (holder === undefined) {
        // It has been given back just now, or leads nowhere.
        await sleep(1, options.signal)
      } else if (isDead(holder, path, own, owner)) {
        if (await takeOver(path, holder, own, owner, options)) return
        await sleep(1, options.signal)
      } else {
        waiting.goesOn({ owner: `process ${holder.pid} on ${holder.host}`, says: holder.says })
        await sleep(wait, options.signal)
      }
    }
  } finally {
    removeFile(own)
  }
}

// Whoever may replace the lock of a given dead owner is settled by a lock of its own, so two cannot both succeed, and
// a late one cannot remove the lock of the living owner that came after. If its owner dies too, the same rule applies.
async function takeOver(path: string, dead: LockOwner, own: string, owner: LockOwner, options: ExclusiveOptions) {
  const permit = `${path}${permitMark}${dead.token}`
  await acquire(permit, { ...owner, token: randomUUID() }, { signal: options.signal })
  try {
    if (ownerOf(path)?.token !== dead.token) return false
    renameSync(own, path)
    sweep(path, owner)
    return true
  } finally {
    removeFile(permit)
  }
}

// The lock never lacks its content: the new one takes its name in one step.
function replace(path: string, owner: LockOwner): void {
  const next = `${path}.${owner.token}`
  writeFileSync(next, JSON.stringify(owner), { mode: 0o600 })
  renameSync(next, path)
}

// What those who were killed while they waited have left behind. Only whoever holds the lock sweeps.
function sweep(path: string, self: LockOwner): void {
  const names = readdirSync(dirname(path))
  for (const name of names.filter(one => one.startsWith(`${basename(path)}.`))) {
    const left = join(dirname(path), name)
    // Somebody may be about to take over a permit: only an old one is surely nobody's.
    if (name.includes(permitMark) && silentFor(left, path) < 60 * 60_000) continue
    const holder = ownerOf(left)
    const isOurs = holder?.host === self.host && holder.pidNamespace === self.pidNamespace
    const hasEnded = isOurs && holder.processStart !== null && processStart(holder.pid) !== holder.processStart
    if (hasEnded) removeFile(left)
  }
}

function isDead(holder: LockOwner, path: string, own: string, self: LockOwner): boolean {
  if (holder.host === self.host && holder.boot !== self.boot) return true
  if (holder.host !== self.host || holder.pidNamespace !== self.pidNamespace) {
    return silentFor(path, own) > silenceMs
  }
  if (holder.processStart !== null) return processStart(holder.pid) !== holder.processStart
  // Without a start time a living process may be a namesake.
  return !isAlive(holder.pid) || silentFor(path, own) > silenceMs
}

// Both times come from the file system that holds the lock, so the clocks of two hosts need not agree.
function silentFor(path: string, own: string): number {
  touch(own)
  const theirs = ifPossible(() => statSync(path))
  return theirs === undefined ? 0 : statSync(own).mtimeMs - theirs.mtimeMs
}

// Writes the first character again: the file system sets the time, where `utimes` would set that of this host.
function touch(path: string): void {
  const file = ifPossible(() => openSync(path, 'r+'))
  if (file === undefined) return
  ifPossible(() => writeSync(file, '{', 0))
  closeSync(file)
}

function tryLink(from: string, to: string): boolean {
  try {
    linkSync(from, to)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

// A crash of the machine can leave a lock without its content: somebody of whom nothing is known.
const unknownOwner: LockOwner = {
  token: 'unknown',
  host: '',
  boot: null,
  pidNamespace: null,
  pid: 0,
  processStart: null,
}

function ownerOf(path: string): LockOwner | undefined {
  try {
    return JSON.parse(contentOf(path)) as LockOwner
  } catch (error) {
    if (error instanceof SyntaxError) return unknownOwner
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

// A pipe is not waited for.
const { O_RDONLY, O_NONBLOCK = 0 } = constants
function contentOf(path: string): string {
  const file = openSync(path, O_RDONLY | O_NONBLOCK)
  try {
    return readFileSync(file, 'utf8')
  } finally {
    closeSync(file)
  }
}

let self: Omit<LockOwner, 'token'> | undefined

function describeSelf(): LockOwner {
  self ??= {
    host: hostname(),
    boot: ifPossible(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()) ?? null,
    pidNamespace: ifPossible(() => readlinkSync('/proc/self/ns/pid')) ?? null,
    pid: process.pid,
    processStart: processStart(process.pid),
  }
  return { ...self, token: randomUUID() }
}

// Field 22 of /proc/PID/stat, counted after the command name, which may hold spaces and parentheses (proc(5)).
function processStart(pid: number): string | null {
  const text = ifPossible(() => readFileSync(`/proc/${pid}/stat`, 'utf8'))
  return text?.slice(text.lastIndexOf(')') + 2).split(' ')[19] ?? null
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

function ifPossible<T>(act: () => T): T | undefined {
  try {
    return act()
  } catch {
    return undefined
  }
}
