import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect } from '@connect-okta/core'
import { createFileStore, createMemoryStore, type TokenStore } from '@connect-okta/core/stores'
import { startEmulatedOrg } from '../emulated-org.js'
import { requestsOf } from '../http-requests.js'
import { connected, optionsFor } from '../peers/connect-okta.js'
import type { Contest, Row, Work } from '../row.js'

/** Many callers of one session whose token will not do. */
export const callersOfSession: Row = {
  ...growing('one session', 100, 10_000),
  pairs: 12,
  async prepare() {
    const org = await startEmulatedOrg()
    const session = await connected(org.withSecret)
    const call = () => session.token({ forceRefresh: true })
    return contest(callers => costOf(callers, call), 100, 10_000, org.close)
  },
}

/** Many sessions that begin at once, on one record that is not there yet, in memory. */
export const sessionsOnMemory: Row = {
  ...growing('a session each, in memory', 100, 10_000),
  pairs: 5,
  prepare: async () => await onStore(createMemoryStore(), 100, 10_000, async () => {}),
}

/** The same in files. */
export const sessionsOnFiles: Row = {
  ...growing('a session each, in files', 100, 1000),
  pairs: 5,
  isLong: true,
  async prepare() {
    const directory = await mkdtemp(join(tmpdir(), 'bench-'))
    return await onStore(createFileStore({ directory }), 100, 1000, () => rm(directory, { recursive: true }))
  },
}

function growing(group: string, few: number, many: number) {
  const callers = (count: number) => `${count.toLocaleString('en')} callers`
  return {
    name: `What one of many callers at once costs: ${group}`,
    ours: callers(many),
    reference: callers(few),
    // Nobody pays for the others.
    budget: 1.2,
    unit: 'µs',
  }
}

async function onStore(store: TokenStore, few: number, many: number, close: () => Promise<void>): Promise<Contest> {
  const org = await startEmulatedOrg()
  const options = optionsFor(org.withSecret)
  const work = async (callers: number) => {
    // What the last job left is no help for this one.
    await (await connect(options, { store })).disconnect()
    return await costOf(callers, () => connect(options, { store }))
  }
  return contest(work, few, many, async () => {
    await org.close()
    await close()
  })
}

function contest(
  work: (callers: number) => Promise<Work>,
  few: number,
  many: number,
  close: () => Promise<void>,
): Contest {
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
