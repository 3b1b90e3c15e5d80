import { randomUUID } from 'node:crypto'
import { link, open, readdir, readFile, readlink, rename, stat, writeFile } from 'node:fs/promises'
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
  const owner = await describeSelf()
  await acquire(path, owner, options)
  // Only owners that cannot be looked up, on other hosts or in other namespaces, are judged by this.
  const heartbeat = setInterval(() => void touch(path).catch(() => {}), heartbeatMs).unref()
  try {
    return await use({ announce: says => replace(path, { ...owner, says }) })
  } finally {
    clearInterval(heartbeat)
    // Now and then: it takes longer the more records there are.
    if (Math.random() < 1 / 20) await sweep(path, owner).catch(() => {})
    if ((await ownerOf(path))?.token === owner.token) await removeFile(path)
  }
}

async function acquire(path: string, owner: LockOwner, options: ExclusiveOptions): Promise<void> {
  const waiting = new Waiting(options)
  // The file is complete before it gets the lock's name, so nobody ever reads half an owner.
  const own = `${path}.${owner.token}`
  await writeFile(own, JSON.stringify(owner), { mode: 0o600, flag: 'wx' })
  try {
    for (let wait = pollMs.first; ; wait = Math.min(wait * 2, pollMs.longest)) {
      if (await tryLink(own, path)) return
      const holder = await ownerOf(path)
      if (holder === undefined) continue
      if (await isDead(holder, path, own, owner)) {
        if (await takeOver(path, holder, own, owner, options)) return
      } else {
        waiting.goesOn({ owner: `process ${holder.pid} on ${holder.host}`, says: holder.says })
        await sleep(wait, options.signal)
      }
    }
  } finally {
    await removeFile(own)
  }
}

// Whoever may replace the lock of a given dead owner is settled by a lock of its own, so two cannot both succeed, and
// a late one cannot remove the lock of the living owner that came after. If its owner dies too, the same rule applies.
async function takeOver(path: string, dead: LockOwner, own: string, owner: LockOwner, options: ExclusiveOptions) {
  const permit = `${path}${permitMark}${dead.token}`
  await acquire(permit, { ...owner, token: randomUUID() }, { signal: options.signal })
  try {
    if ((await ownerOf(path))?.token !== dead.token) return false
    await rename(own, path)
    await sweep(path, owner)
    return true
  } finally {
    await removeFile(permit)
  }
}

// The lock never lacks its content: the new one takes its name in one step.
async function replace(path: string, owner: LockOwner): Promise<void> {
  const next = `${path}.${owner.token}`
  await writeFile(next, JSON.stringify(owner), { mode: 0o600 })
  await rename(next, path)
}

// What those who were killed while they waited have left behind. Only whoever holds the lock sweeps.
async function sweep(path: string, self: LockOwner): Promise<void> {
  const names = await readdir(dirname(path))
  for (const name of names.filter(one => one.startsWith(`${basename(path)}.`))) {
    const left = join(dirname(path), name)
    // Somebody may be about to take over a permit: only an old one is surely nobody's.
    if (name.includes(permitMark) && (await silentFor(left, path)) < 60 * 60_000) continue
    const holder = await ownerOf(left)
    const isOurs = holder?.host === self.host && holder.pidNamespace === self.pidNamespace
    const hasEnded = isOurs && holder.processStart !== null && (await processStart(holder.pid)) !== holder.processStart
    if (hasEnded) await removeFile(left)
  }
}

async function isDead(holder: LockOwner, path: string, own: string, self: LockOwner): Promise<boolean> {
  if (holder.host === self.host && holder.boot !== self.boot) return true
  if (holder.host !== self.host || holder.pidNamespace !== self.pidNamespace) {
    return (await silentFor(path, own)) > silenceMs
  }
  if (holder.processStart !== null) return (await processStart(holder.pid)) !== holder.processStart
  // Without a start time a living process may be a namesake.
  return !isAlive(holder.pid) || (await silentFor(path, own)) > silenceMs
}

// Both times come from the file system that holds the lock, so the clocks of two hosts need not agree.
async function silentFor(path: string, own: string): Promise<number> {
  await touch(own)
  const [theirs, ours] = await Promise.all([stat(path).catch(() => undefined), stat(own)])
  return theirs === undefined ? 0 : ours.mtimeMs - theirs.mtimeMs
}

// Writes the first character again: the file system sets the time, where `utimes` would set that of this host.
async function touch(path: string): Promise<void> {
  const file = await open(path, 'r+').catch(() => undefined)
  await file?.write('{', 0).finally(() => file.close())
}

async function tryLink(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to)
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

async function ownerOf(path: string): Promise<LockOwner | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as LockOwner
  } catch (error) {
    if (error instanceof SyntaxError) return unknownOwner
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

let self: Promise<Omit<LockOwner, 'token'>> | undefined

async function describeSelf(): Promise<LockOwner> {
  self ??= Promise.all([
    readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => null),
    readlink('/proc/self/ns/pid').catch(() => null),
    processStart(process.pid),
  ]).then(([boot, pidNamespace, start]) => ({
    host: hostname(),
    boot: boot?.trim() ?? null,
    pidNamespace,
    pid: process.pid,
    processStart: start,
  }))
  return { ...(await self), token: randomUUID() }
}

// Field 22 of /proc/PID/stat, counted after the command name, which may hold spaces and parentheses (proc(5)).
async function processStart(pid: number): Promise<string | null> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null)
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
