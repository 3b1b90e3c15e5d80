import { once } from 'node:events'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type OktaEmulator, startOktaEmulator } from '@connect-okta/emulator'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { connect, resume } from '../../src/index.js'
import { openStore } from '../../src/stores/open-store.js'
import { withEnvironment } from '../support/environment.test.support.js'
import { serviceAppOptions } from '../support/service-org.test.support.js'
import { freeRedirectUri, TestUser } from '../support/sign-in-org.test.support.js'
import { type StoreSetup, startWorker, storeSetups } from './torture.test.support.js'

// `npm run torture -- --minutes N` divides its time among these tests.
const minutes = Number(process.env.TORTURE_MINUTES ?? 0)
const setups = storeSetups(inject('systemNeeds'))
const minKills = minutes > 0 ? 25 : 3
const processes = minutes > 0 ? 64 : 16
const timeout = minutes * 60_000 + 240_000
const tokenPath = '/oauth2/v1/token'

/** Yields round numbers: at least `minRounds`, and more until this share of the time of a store has passed. */
function* rounds(minRounds: number, share: number, startedAt = performance.now()): Iterable<number> {
  const shareMs = ((minutes * 60_000) / setups.length) * share
  for (let round = 1; round <= minRounds || performance.now() - startedAt < shareMs; round++) yield round
}

describe.each(setups)('the %s store under concurrent use', (name, startSetup) => {
  let setup: StoreSetup
  let okta: OktaEmulator
  let redirectUri: string
  beforeAll(async () => {
    redirectUri = await freeRedirectUri()
    okta = await startOktaEmulator({ clients: [{ kind: 'service' }, { kind: 'spa', redirectUris: [redirectUri] }] })
    setup = await startSetup()
  }, 30_000)
  afterAll(async () => {
    await setup.stop()
    await okta.close()
  })

  it(
    `sends one request when ${processes} processes request an expired token 16 times each`,
    async () => {
      const options = serviceAppOptions(okta)
      let count = 0
      for (const round of rounds(1, 1 / 4)) {
        count = round
        // Store an expired token, so that every process finds one.
        await withEnvironment(setup.environment, async () => {
          const store = openStore(setup.name)
          await connect(options, { store, now: () => Date.now() - 2 * 3600_000 })
        })
        okta.clearRequests()
        const job = { task: 'connect', options, concurrency: 16 } as const
        const workers = await Promise.all(Array.from({ length: processes }, () => startWorker(setup, job)))
        const results = workers.map(worker => worker.nextLine())
        for (const worker of workers) worker.process.stdin.write('go\n')
        const tokens = new Set((await Promise.all(results)).flatMap(line => JSON.parse(line) as string[]))
        const requests = okta.requests.filter(({ path }) => path === tokenPath)
        expect({ requests: requests.length, tokens: tokens.size }).toEqual({ requests: 1, tokens: 1 })
        await withEnvironment(setup.environment, async () =>
          (await resume({ jsonWebKey: options.jsonWebKey }, { store: openStore(setup.name) })).disconnect(),
        )
      }
      report(`${name}: ${count} x ${processes} processes x 16 requests for an expired token: one request per round`)
    },
    timeout,
  )

  it(
    'keeps the sign-in and frees the lock when a process is killed at any moment',
    async () => {
      const app = {
        tenant: okta.orgUrl.origin,
        clientId: okta.client('spa').clientId,
        scopes: ['okta.users.read'],
        redirectUri,
      }
      await withEnvironment(setup.environment, async () => {
        await connect(app, { store: openStore(setup.name), openBrowser: new TestUser(okta).openBrowser })
      })
      const [recordKey = ''] = await withEnvironment(setup.environment, async () => {
        const keys: string[] = []
        for await (const info of openStore(setup.name).list()) keys.push(info.recordKey)
        return keys
      })
      const stats = { rounds: 0, unreported: 0, maxWaitMs: 0 }
      for (const round of rounds(minKills, 3 / 4)) {
        stats.rounds = round
        okta.clearRequests()
        const worker = await startWorker(setup, { task: 'refresh', options: undefined, concurrency: 1 })
        let refreshes = 0
        worker.lines.on('line', () => {
          refreshes += 1
        })
        await sleep(Math.random() * 60)
        const exited = once(worker.process, 'exit')
        // A worker that ended by itself failed.
        expect(worker.process.exitCode).toBeNull()
        worker.process.kill('SIGKILL')
        await exited
        const responses = okta.requests.filter(({ path, status }) => path === tokenPath && status === 200).length
        if (responses > refreshes) stats.unreported += 1

        await withEnvironment(setup.environment, async () => {
          const notices: string[] = []
          const store = openStore(setup.name, { notify: ({ message }) => notices.push(message) })
          const startedAt = performance.now()
          await store.exclusive(recordKey, async () => {})
          stats.maxWaitMs = Math.max(stats.maxWaitMs, performance.now() - startedAt)
          const session = await resume({}, { store })
          expect((await session.token({ forceRefresh: true })).source).toMatch(/^(refresh|store)$/)
          expect(notices).toEqual([])
        })
      }
      report(
        `${name}: ${stats.rounds} kills, ${stats.unreported} of them between Okta's response and its report; ` +
          `0 sign-ins lost, waited ${Math.round(stats.maxWaitMs)} ms at most for the lock of a killed process`,
      )
      // Processes that were killed last may have left a lock, or files of taking one over.
      expect((await unexpectedFiles(setup)).length).toBeLessThan(10)
    },
    timeout,
  )
})

async function unexpectedFiles({ environment }: StoreSetup): Promise<readonly string[]> {
  const names = await readdir(join(environment.CONNECT_OKTA_STATE_DIR ?? '', 'tokens')).catch(() => [])
  // Files of taking over a lock (.dead-) are removed after an hour.
  return names.filter(name => !/^([0-9a-f]{64}|client-[0-9a-f]{64}|current)\.json$|^sealed$|\.dead-/.test(name))
}

function report(line: string): void {
  if (minutes > 0) process.stdout.write(`${line}\n`)
}
