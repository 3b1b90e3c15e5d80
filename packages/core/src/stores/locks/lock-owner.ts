import { randomUUID } from 'node:crypto'
import { closeSync, constants, openSync, readFileSync, readlinkSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { hostname } from 'node:os'
import { undefinedIfThrows } from '../../files/undefined-if-throws.js'

/** The owner of a lock, identified so that a dead one is recognized and no other process is mistaken for it. */
export interface LockOwner {
  readonly token: string
  readonly host: string
  /** `/etc/machine-id`: a cloned machine may have the same host name. `null` if there is none. */
  readonly machine: string | null
  /** `/proc/sys/kernel/random/boot_id`. */
  readonly boot: string | null
  /** Process ids are unique only inside their namespace: a container counts from 1. */
  readonly pidNamespace: string | null
  readonly pid: number
  /** Ids are reused; id and start time together are not. */
  readonly processStart: string | null
  /** What it announced to the processes that wait. */
  readonly message?: string
}

/**
 * Returns whether the process of an owner can be looked up here. Another boot id does not prove that the owner is dead: cloned
 * machines have the same name, and often the same machine id.
 */
export function canBeLookedUp({ host, machine, pidNamespace, boot }: LockOwner, self: LockOwner): boolean {
  return host === self.host && machine === self.machine && boot === self.boot && pidNamespace === self.pidNamespace
}

/** Returns whether the process of an owner that can be looked up is still running. */
export function isRunning({ pid, processStart: startedAt }: LockOwner): boolean {
  return startedAt === null ? isAlive(pid) : processStart(pid) === startedAt
}

// A crash of the machine can leave a lock file without content: its owner is unknown.
const unknownOwner: LockOwner = {
  token: 'unknown',
  host: '',
  machine: null,
  boot: null,
  pidNamespace: null,
  pid: 0,
  processStart: null,
}

// Opening a pipe does not block.
const flags = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)

/** Returns the owner of a lock file; `undefined` if there is no such file. */
export async function readOwner(path: string): Promise<LockOwner | undefined> {
  try {
    await using file = await open(path, flags)
    return parseOwner(await file.readFile('utf8'))
  } catch (error) {
    return ignoreMissing(error)
  }
}

/** As {@link readOwner}, without returning to the event loop: for a check that the next statement relies on. */
export function readOwnerSync(path: string): LockOwner | undefined {
  try {
    const file = openSync(path, flags)
    try {
      return parseOwner(readFileSync(file, 'utf8'))
    } finally {
      closeSync(file)
    }
  } catch (error) {
    return ignoreMissing(error)
  }
}

function parseOwner(text: string): LockOwner {
  try {
    return JSON.parse(text) as LockOwner
  } catch {
    return unknownOwner
  }
}

function ignoreMissing(error: unknown): undefined {
  if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  return undefined
}

let self: Omit<LockOwner, 'token'> | undefined

/** Describes this process as the owner of a lock, with a new token. */
export function describeSelf(): LockOwner {
  self ??= {
    host: hostname(),
    machine: undefinedIfThrows(() => readFileSync('/etc/machine-id', 'utf8').trim() || null) ?? null,
    boot: undefinedIfThrows(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()) ?? null,
    pidNamespace: undefinedIfThrows(() => readlinkSync('/proc/self/ns/pid')) ?? null,
    pid: process.pid,
    processStart: processStart(process.pid),
  }
  return { ...self, token: randomUUID() }
}

// Field 22 of /proc/PID/stat, counted after the command name, which may contain spaces and parentheses (proc(5)).
function processStart(pid: number): string | null {
  const text = undefinedIfThrows(() => readFileSync(`/proc/${pid}/stat`, 'utf8'))
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
