import { afterAll, beforeAll, beforeEach } from 'vitest'
import { type Deps, openSession } from '../../src/index.js'
import { createMemoryStore } from '../../src/stores/memory-store.js'
import { type BrokerRequest, type FakeBroker, secret, startFakeBroker } from '../support/fake-broker.test.support.js'
import { type SharedServiceOrg, useServiceOrg } from '../support/service-org.test.support.js'

/** A broker with the connections `users` and `bound`, whose tokens do not leave it. Each test starts without recorded requests. */
export interface SharedBroker {
  readonly org: SharedServiceOrg
  readonly broker: FakeBroker
  /** Dependencies with a store of the current test. */
  readonly deps: Pick<Deps, 'store' | 'notify'>
  /** The options of a client with a secret. */
  payroll(): { broker: string; clientId: string; clientSecret: string }
  tokenRequests(): readonly BrokerRequest[]
}

/** Starts a {@link SharedBroker} for the tests of a file. Use it only inside tests. */
export function useBroker(): SharedBroker {
  const org = useServiceOrg()
  let broker: FakeBroker
  let deps: Pick<Deps, 'store' | 'notify'>
  beforeAll(async () => {
    const store = createMemoryStore()
    broker = await startFakeBroker({
      users: { session: await openSession(org.app(), { store }) },
      bound: { session: await openSession(org.app(1), { store }), isWithheld: true },
    })
  })
  afterAll(() => broker.stop())
  beforeEach(() => {
    broker.clear()
    deps = org.deps
  })
  return {
    org,
    get broker() {
      return broker
    },
    get deps() {
      return deps
    },
    payroll: () => ({ broker: broker.url, clientId: 'payroll', clientSecret: secret }),
    tokenRequests: () => broker.requests.filter(({ path }) => path === '/oauth2/token'),
  }
}
