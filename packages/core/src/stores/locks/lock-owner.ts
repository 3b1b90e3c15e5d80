import { randomUUID } from 'node:crypto'
import { closeSync, constants, openSync, readFileSync, readlinkSync } from 'node:fs'
import { hostname } from 'node:os'
import { ifPossible } from '../../files/if-possible.js'

/** Who holds a lock, precisely enough to tell that it is dead, and never to take a namesake for it. */
export interface LockOwner {
  readonly token: string
  readonly host: string
  /** `/etc/machine-id`: a cloned machine has the host name of another one. `null` where there is none. */
  readonly machine: string | null
  /** `/proc/sys/kernel/random/boot_id`. */
  readonly boot: string | null
  /** Process ids mean something only inside their namespace: a container counts from 1. */
  readonly pidNamespace: string | null
  readonly pid: number
  /** Ids are reused; id and start time together are not. */
  readonly processStart: string | null
  /** What it announced to the processes that wait. */
  readonly message?: string
}

/**
 * Whether the process of an owner can be looked up here. Another boot proves no death: cloned machines have the name and
 * often the id of their model.
 */
export function canBeLookedUp({ host, machine, pidNamespace, boot }: LockOwner, self: LockOwner): boolean {
  return host === self.host && machine === self.machine && boot === self.boot && pidNamespace === self.pidNamespace
}

/** Whether the process of an owner that can be looked up runs still. */
export function isRunning({ pid, processStart: startedAt }: LockOwner): boolean {
  return startedAt === null ? isAlive(pid) : processStart(pid) === startedAt
}

// A crash of the machine can leave a lock without its content: somebody of whom nothing is known.
const unknownOwner: LockOwner = {
  token: 'unknown',
  host: '',
  machine: null,
  boot: null,
  pidNamespace: null,
  pid: 0,
  processStart: null,
}

/** Who holds a lock file; `undefined` where there is none. */
export function ownerOf(path: string): LockOwner | undefined {
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

/** This process as the owner of a lock. */
export function describeSelf(): LockOwner {
  self ??= {
    host: hostname(),
    machine: ifPossible(() => readFileSync('/etc/machine-id', 'utf8').trim() || null) ?? null,
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
