import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface, type Interface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import type { ConnectOptions } from '../../src/index.js'
import { startRedis } from '../../src/stores/redis/redis-server.test.support.js'
import { startSecretService } from '../../src/stores/sealed/secret-service.test.support.js'
import { rememberEnvironment } from '../support/environment.test.support.js'

/** A store, and what a process needs around it to open it. */
export interface Ground {
  readonly name: string
  readonly environment: Readonly<Record<string, string>>
  stop(): Promise<void>
}

/** Every kind of store that processes share, as far as this machine has what it takes. */
export function groundsFor(needs: Readonly<Record<string, string | undefined>>): [string, () => Promise<Ground>][] {
  const grounds: [string, () => Promise<Ground>][] = [
    ['file', async () => ({ name: 'file', environment: await ownState(), stop: async () => {} })],
  ]
  if (needs.secretService !== undefined) grounds.push(['sealed file', sealedGround])
  const { redisServer } = needs
  if (redisServer !== undefined) grounds.push(['Redis', () => redisGround(redisServer)])
  return grounds
}

async function sealedGround(): Promise<Ground> {
  const service = await startSecretService()
  return { name: 'auto', environment: { ...service.environment, ...(await ownState()) }, stop: service.stop }
}

async function redisGround(command: string): Promise<Ground> {
  const redis = await startRedis(command)
  const environment = { ...(await ownState()), CONNECT_OKTA_STORE_KEY: randomBytes(32).toString('base64') }
  return { name: redis.url, environment, stop: redis.stop }
}

async function ownState(): Promise<Record<string, string>> {
  return { CONNECT_OKTA_STATE_DIR: join(await mkdtemp(join(tmpdir(), 'torture-')), 'state') }
}

/** What a worker gets on its standard input. */
export interface Job {
  readonly store: string
  /** `crowd`: connects, and asks for a token many times at once. `renew`: renews the current sign-in without end. */
  readonly task: 'crowd' | 'renew'
  readonly options: ConnectOptions | undefined
  readonly callers: number
}

/** A process that works on a store. */
export interface Worker {
  readonly process: ChildProcessByStdio<Writable, Readable, null>
  readonly lines: Interface
  /** The next thing that it says; an error when it ends instead. */
  nextLine(): Promise<string>
}

/** Starts a {@link Worker}, which is ready when this resolves. */
export async function startWorker(ground: Ground, job: Omit<Job, 'store'>): Promise<Worker> {
  const path = fileURLToPath(new URL('./worker.mjs', import.meta.url))
  const child = spawn(process.execPath, [path], {
    env: { PATH: process.env.PATH, ...ground.environment },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  // One that is killed no longer reads.
  child.stdin.on('error', () => {})
  const lines = createInterface({ input: child.stdout })
  // Not `exit`: what it has said last may still be on its way then.
  const ended = once(child, 'close').then(([code]) => {
    throw new Error(`a worker ended with ${code}`)
  })
  ended.catch(() => {})
  const nextLine = async () => String((await Promise.race([once(lines, 'line'), ended]))[0])
  child.stdin.write(`${JSON.stringify({ ...job, store: ground.name })}\n`)
  await nextLine()
  return { process: child, lines, nextLine }
}

/** Runs `use` with the environment of a ground, as a process of its own would have it. */
export async function within<T>({ environment }: Ground, use: () => Promise<T>): Promise<T> {
  const restoreEnvironment = rememberEnvironment()
  Object.assign(process.env, environment)
  try {
    return await use()
  } finally {
    restoreEnvironment()
  }
}
