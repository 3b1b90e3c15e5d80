import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface, type Interface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import type { ConnectOptions } from '../../src/index.js'
import { newFolder } from '../support/new-folder.test.support.js'
import { startRedis } from '../support/redis-server.test.support.js'
import { startCluster, startSentinels } from '../support/redis-topologies.test.support.js'
import { startSecretService } from '../support/secret-service.test.support.js'

/** A store that several processes can open. */
export interface StoreSetup {
  /** The name for `openStore`. */
  readonly name: string
  /** The variables that a process needs to open the store. */
  readonly environment: Readonly<Record<string, string>>
  stop(): Promise<void>
}

/** The shared stores that this machine can run, with a function that starts each. */
export function storeSetups(
  needs: Readonly<Record<string, string | undefined>>,
): [string, () => Promise<StoreSetup>][] {
  const setups: [string, () => Promise<StoreSetup>][] = [['file', startFileSetup]]
  if (needs.secretService !== undefined) setups.push(['sealed file', startSealedFileSetup])
  const { redisServer } = needs
  if (redisServer === undefined) return setups
  setups.push(['Redis', () => startRedisSetup(redisServer)])
  setups.push(['Redis Sentinel', () => startTopology(redisServer, startSentinels)])
  setups.push(['Redis Cluster', () => startTopology(redisServer, startCluster)])
  return setups
}

export async function startFileSetup(): Promise<StoreSetup> {
  return { name: 'file', environment: await newStateEnvironment(), stop: async () => {} }
}

async function startSealedFileSetup(): Promise<StoreSetup> {
  const service = await startSecretService()
  return { name: 'auto', environment: { ...service.environment, ...(await newStateEnvironment()) }, stop: service.stop }
}

async function startRedisSetup(command: string): Promise<StoreSetup> {
  const redis = await startRedis(command)
  const environment = { ...(await newStateEnvironment()), CONNECT_OKTA_STORE_KEY: randomBytes(32).toString('base64') }
  return { name: redis.url, environment, stop: redis.stop }
}

async function startTopology(command: string, start: typeof startSentinels): Promise<StoreSetup> {
  const { address, stop } = await start(command)
  const environment = { ...(await newStateEnvironment()), CONNECT_OKTA_STORE_KEY: randomBytes(32).toString('base64') }
  return { name: address, environment, stop }
}

async function newStateEnvironment(): Promise<Record<string, string>> {
  return { CONNECT_OKTA_STATE_DIR: join(await newFolder(), 'state') }
}

/** The job of a worker, which it reads from its standard input. */
export interface Job {
  readonly store: string
  /** `connect`: connects and requests a token concurrently. `refresh`: refreshes the current sign-in until it is killed. */
  readonly task: 'connect' | 'refresh'
  readonly options: ConnectOptions | undefined
  /** The number of concurrent token requests. */
  readonly concurrency: number
}

/** A process that uses a store. */
export interface Worker {
  readonly process: ChildProcessByStdio<Writable, Readable, null>
  readonly lines: Interface
  /** Resolves with its next line of output. Rejects when the process ends first. */
  nextLine(): Promise<string>
}

/** Starts a {@link Worker} and waits until it is ready. */
export async function startWorker(setup: StoreSetup, job: Omit<Job, 'store'>): Promise<Worker> {
  const path = fileURLToPath(new URL('./worker.mjs', import.meta.url))
  const child = spawn(process.execPath, [path], {
    env: { PATH: process.env.PATH, ...setup.environment },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  // Writing to a killed process fails.
  child.stdin.on('error', () => {})
  const lines = createInterface({ input: child.stdout })
  // Not `exit`, which can come before the last output.
  const ended = once(child, 'close').then(([code]) => {
    throw new Error(`a worker ended with ${code}`)
  })
  ended.catch(() => {})
  const nextLine = async () => String((await Promise.race([once(lines, 'line'), ended]))[0])
  child.stdin.write(`${JSON.stringify({ ...job, store: setup.name })}\n`)
  await nextLine()
  return { process: child, lines, nextLine }
}
