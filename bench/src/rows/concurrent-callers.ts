import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect } from '@connect-okta/core'
import { createFileStore, createMemoryStore, type TokenStore } from '@connect-okta/core/stores'
import { startEmulatedOrg } from '../emulated-org.js'
import { requestsOf } from '../http-requests.js'
import { connected, optionsFor } from '../peers/connect-okta.js'
import type { Comparison, Row, Work } from '../row.js'

/** Many calls of one session that need a new token. */
export const callersOfSession: Row = {
  ...growing('one session', 100, 10_000),
  pairs: 12,
  async prepare() {
    const org = await startEmulatedOrg()
    const session = await connected(org.withSecret)
    const call = () => session.token({ forceRefresh: true })
    return comparison(callers => costOf(callers, call), 100, 10_000, org.close)
  },
}

/** Many sessions that start at once and need the same new record, in memory. */
export const sessionsOnMemory: Row = {
  ...growing('one session per call, memory store', 100, 10_000),
  pairs: 5,
  prepare: async () => await onStore(createMemoryStore(), 100, 10_000, async () => {}),
}

/** The same with files. */
export const sessionsOnFiles: Row = {
  ...growing('one session per call, file store', 100, 1000),
  pairs: 5,
  isLong: true,
  async prepare() {
    const directory = await mkdtemp(join(tmpdir(), 'bench-'))
    return await onStore(createFileStore({ directory }), 100, 1000, () => rm(directory, { recursive: true }))
  },
}

function growing(group: string, few: number, many: number) {
  const calls = (count: number) => `${count.toLocaleString('en')} calls`
  return {
    name: `Time per concurrent call: ${group}`,
    ours: calls(many),
    reference: calls(few),
    // The time of a call must not grow with the number of calls.
    budget: 1.2,
    unit: 'µs',
  }
}

async function onStore(store: TokenStore, few: number, many: number, close: () => Promise<void>): Promise<Comparison> {
  const org = await startEmulatedOrg()
  const options = optionsFor(org.withSecret)
  const work = async (callers: number) => {
    // Removes the record of the previous job.
    await (await connect(options, { store })).disconnect()
    return await costOf(callers, () => connect(options, { store }))
  }
  return comparison(work, few, many, async () => {
    await org.close()
    await close()
  })
}

function comparison(
  work: (callers: number) => Promise<Work>,
  few: number,
  many: number,
  close: () => Promise<void>,
): Comparison {
  return {
    ours: () => work(many),
    reference: () => work(few),
    close,
  }
}

async function costOf(callers: number, call: () => Promise<unknown>): Promise<Work> {
  const start = performance.now()
  const requests = await requestsOf(() => Promise.all(Array.from({ length: callers }, call)))
  return { amount: ((performance.now() - start) * 1000) / callers, requests }
}
