import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { OktaEmulator } from '@connect-okta/emulator'
import autocannon from 'autocannon'
import { basic, configureIn, secretOf } from '../broker.test.support.js'

const main = fileURLToPath(new URL('../../dist/main.js', import.meta.url))

/** The built broker in a process of its own, whose lines nobody keeps. */
export interface LoadedBroker extends AsyncDisposable {
  readonly url: string
  readonly port: number
  /** How much memory its process has, in bytes. */
  residentBytes(): Promise<number>
}

/** Starts a {@link LoadedBroker} with the connections `users` and `bound` and a client `payroll`. */
export async function startLoadedBroker(okta: OktaEmulator): Promise<LoadedBroker> {
  const folder = await mkdtemp(join(tmpdir(), 'loaded-'))
  const { path, port } = await configureIn(folder, okta)
  const child = spawn(process.execPath, [main, '--config', path], {
    env: { PATH: process.env.PATH },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const ended = once(child, 'close')
  const lines = createInterface({ input: child.stderr })
  const [line] = await Promise.race([once(lines, 'line'), ended])
  if (!String(line).startsWith('Serving')) throw new Error(`it did not start: ${line}`)
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    async residentBytes() {
      const status = await readFile(`/proc/${child.pid}/status`, 'utf8')
      return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024
    },
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL')
      await ended
      await rm(folder, { recursive: true })
    },
  }
}

const form = 'grant_type=client_credentials&connection=users'
const ofForm = { 'content-type': 'application/x-www-form-urlencoded' }
const mine = { authorization: basic('payroll') }
const token = { method: 'POST' as const, path: '/oauth2/token', headers: { ...mine, ...ofForm }, body: form }

/** One in so many is wrong: as somebody else each time. */
export const wrongOneIn = 40

let strangers = 0
const others: readonly autocannon.Request[] = [
  {
    ...token,
    headers: ofForm,
    setupRequest: request => ({
      ...request,
      body: `${form}&client_id=stranger-${strangers++}&client_secret=a-guess`,
    }),
  },
  { ...token, headers: ofForm, body: `${form}&client_id=payroll&client_secret=${secretOf('payroll')}` },
  { method: 'POST', path: '/oauth2/revoke', headers: { ...mine, ...ofForm }, body: 'token=of-nobody' },
  {
    method: 'POST',
    path: '/connections/bound/authorization',
    headers: { ...mine, 'content-type': 'application/json' },
    body: '{"method":"GET","url":"/api/v1/users"}',
  },
  { method: 'GET', path: '/proxy/users/api/v1/users?limit=1', headers: mine },
  { method: 'GET', path: '/readyz' },
]
const mix = [...Array.from({ length: wrongOneIn - others.length }, () => token), ...others]

/** How requests went: how many by status, and how long the slowest hundredth took. */
export interface LoadOutcome {
  readonly statuses: Readonly<Record<string, number>>
  readonly p99Ms: number
}

/** Sends requests of every kind, most of them for the token that is at hand; as many as said, or for a while. */
export async function load(url: string, many: { amount: number } | { seconds: number }): Promise<LoadOutcome> {
  const extent = 'amount' in many ? many : { duration: many.seconds }
  const result = await autocannon({ url, connections: 20, requests: [...mix], ...extent, timeout: 60, sampleInt: 100 })
  const statuses: Record<string, number> = {}
  for (const [status, { count = 0 }] of Object.entries(result.statusCodeStats ?? {})) statuses[status] = count
  if (result.errors > 0) statuses.none = result.errors
  return { statuses, p99Ms: result.latency.p99 }
}
