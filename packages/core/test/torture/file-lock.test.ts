import { once } from 'node:events'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type OktaEmulator, startOktaEmulator } from '@connect-okta/emulator'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { connect, resume } from '../../src/index.js'
import { openStore } from '../../src/stores/open-store.js'
import { freeRedirectUri, Person } from '../support/person.test.support.js'
import { type Ground, groundsFor, startWorker, within } from './torture.test.support.js'

// `npm run torture -- --minutes N` divides its time among these tests.
const minutes = Number(process.env.TORTURE_MINUTES ?? 0)
const grounds = groundsFor(inject('systemNeeds'))
const minKills = minutes > 0 ? 25 : 3
const processes = minutes > 0 ? 64 : 16
const timeout = minutes * 60_000 + 240_000
const tokenPath = '/oauth2/v1/token'

/** Whether to go on: for some rounds, or for a share of the time that each store has. */
function* rounds(least: number, share: number, startedAt = performance.now()): Iterable<number> {
  const shareMs = ((minutes * 60_000) / grounds.length) * share
  for (let round = 1; round <= least || performance.now() - startedAt < shareMs; round++) yield round
}

describe.each(grounds)('the %s store under torture', (name, prepare) => {
  let ground: Ground
  let okta: OktaEmulator
  let redirectUri: string
  beforeAll(async () => {
    redirectUri = await freeRedirectUri()
    okta = await startOktaEmulator({ clients: [{ kind: 'service' }, { kind: 'spa', redirectUris: [redirectUri] }] })
    ground = await prepare()
  }, 30_000)
  afterAll(async () => {
    await ground.stop()
    await okta.close()
  })

  it(
    `costs one request for ${processes} processes that ask 16 times each, at once, for a token that has expired`,
    async () => {
      const { clientId, jwk } = okta.client('service')
      const options = { tenant: okta.orgUrl.origin, clientId, jsonWebKey: jwk as object, scopes: ['okta.users.read'] }
      let count = 0
      for (const round of rounds(1, 1 / 4)) {
        count = round
        // The store has an expired token: no process starts with an empty store.
        await within(ground, async () => {
          const store = openStore(ground.name)
          await connect(options, { store, now: () => Date.now() - 2 * 3600_000 })
        })
        okta.clearRequests()
        const job = { task: 'crowd', options, callers: 16 } as const
        const workers = await Promise.all(Array.from({ length: processes }, () => startWorker(ground, job)))
        const answers = workers.map(worker => worker.nextLine())
        for (const worker of workers) worker.process.stdin.write('go\n')
        const tokens = new Set((await Promise.all(answers)).flatMap(line => JSON.parse(line) as string[]))
        const requests = okta.requests.filter(({ path }) => path === tokenPath)
        expect({ requests: requests.length, tokens: tokens.size }).toEqual({ requests: 1, tokens: 1 })
        await within(ground, async () =>
          (await resume({ jsonWebKey: jwk as object }, { store: openStore(ground.name) })).disconnect(),
        )
      }
      report(`${name}: ${count} x ${processes} processes x 16 callers on an expired token: one request each`)
    },
    timeout,
  )

  it(
    'loses no login to kill -9 at any moment, and leaves no lock behind',
    async () => {
      const app = {
        tenant: okta.orgUrl.origin,
        clientId: okta.client('spa').clientId,
        scopes: ['okta.users.read'],
        redirectUri,
      }
      await within(ground, async () => {
        await connect(app, { store: openStore(ground.name), openBrowser: new Person(okta).openBrowser })
      })
      const [recordKey = ''] = await within(ground, async () => {
        const keys: string[] = []
        for await (const info of openStore(ground.name).list()) keys.push(info.recordKey)
        return keys
      })
      const seen = { rounds: 0, unheard: 0, longestWaitMs: 0 }
      for (const round of rounds(minKills, 3 / 4)) {
        seen.rounds = round
        okta.clearRequests()
        const worker = await startWorker(ground, { task: 'renew', options: undefined, callers: 1 })
        let renewals = 0
        worker.lines.on('line', () => {
          renewals += 1
        })
        await sleep(Math.random() * 60)
        const exited = once(worker.process, 'exit')
        // One that has ended by itself has failed.
        expect(worker.process.exitCode).toBeNull()
        worker.process.kill('SIGKILL')
        await exited
        const answered = okta.requests.filter(({ path, status }) => path === tokenPath && status === 200).length
        if (answered > renewals) seen.unheard += 1

        await within(ground, async () => {
          const notices: string[] = []
          const store = openStore(ground.name, { notify: ({ message }) => notices.push(message) })
          const startedAt = performance.now()
          await store.exclusive(recordKey, async () => {})
          seen.longestWaitMs = Math.max(seen.longestWaitMs, performance.now() - startedAt)
          const session = await resume({}, { store })
          expect((await session.token({ forceRefresh: true })).source).toMatch(/^(refresh|store)$/)
          expect(notices).toEqual([])
        })
      }
      report(
        `${name}: ${seen.rounds} kills, ${seen.unheard} of them after Okta's answer and before anybody heard of it; ` +
          `0 logins lost, the lock of a dead owner held for ${Math.round(seen.longestWaitMs)} ms at most`,
      )
      // The last ones may have been killed while they held a lock, or took one over.
      expect((await leftovers(ground)).length).toBeLessThan(10)
    },
    timeout,
  )
})

async function leftovers({ environment }: Ground): Promise<readonly string[]> {
  const names = await readdir(join(environment.CONNECT_OKTA_STATE_DIR ?? '', 'tokens')).catch(() => [])
  // What is left of taking over a lock is swept after an hour.
  return names.filter(name => !/^([0-9a-f]{64}|client-[0-9a-f]{64}|current)\.json$|^sealed$|\.dead-/.test(name))
}

function report(line: string): void {
  if (minutes > 0) process.stdout.write(`${line}\n`)
}
