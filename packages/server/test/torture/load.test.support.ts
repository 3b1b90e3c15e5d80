import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { OktaEmulator } from '@connect-okta/emulator'
import autocannon from 'autocannon'
import { basic, configureIn, secretOf } from '../support/broker.test.support.js'
import { type MeasuredBroker, startMeasuredBroker } from './measured-broker.test.support.js'

/** A broker with a port to send requests to. */
export interface LoadedBroker extends MeasuredBroker {
  readonly url: string
  readonly port: number
}

/** Starts a {@link LoadedBroker} with the connections `users` and `bound` and a client `payroll`. */
export async function startLoadedBroker(okta: OktaEmulator): Promise<LoadedBroker> {
  const { path, port } = await configureIn(await mkdtemp(join(tmpdir(), 'loaded-')), okta)
  return { ...(await startMeasuredBroker(path)), url: `http://127.0.0.1:${port}`, port }
}

const form = 'grant_type=client_credentials&connection=users'
const ofForm = { 'content-type': 'application/x-www-form-urlencoded' }
const mine = { authorization: basic('payroll') }
const token = { method: 'POST' as const, path: '/oauth2/token', headers: { ...mine, ...ofForm }, body: form }

/** One request in this many has wrong credentials, with another client name each time. */
export const wrongOneIn = 40

let unknownClients = 0
const others: readonly autocannon.Request[] = [
  {
    ...token,
    headers: ofForm,
    setupRequest: request => ({
      ...request,
      body: `${form}&client_id=unknown-${unknownClients++}&client_secret=a-guess`,
    }),
  },
  { ...token, headers: ofForm, body: `${form}&client_id=payroll&client_secret=${secretOf('payroll')}` },
  { method: 'POST', path: '/oauth2/revoke', headers: { ...mine, ...ofForm }, body: 'token=unknown' },
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

/** The number of responses by status, and the 99th percentile of the response time. */
export interface LoadOutcome {
  readonly statuses: Readonly<Record<string, number>>
  readonly p99Ms: number
}

/** Sends requests of every kind, most of them for a cached token. */
export async function load(url: string, amount: number): Promise<LoadOutcome> {
  const result = await autocannon({ url, connections: 20, requests: [...mix], amount, timeout: 60, sampleInt: 100 })
  const statuses: Record<string, number> = {}
  for (const [status, { count = 0 }] of Object.entries(result.statusCodeStats ?? {})) statuses[status] = count
  if (result.errors > 0) statuses.none = result.errors
  return { statuses, p99Ms: result.latency.p99 }
}
