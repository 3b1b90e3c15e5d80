import { startEmulatedOrg } from '../emulated-org.js'
import type { Row, Work } from '../row.js'

const calls = 100_000
const fewCalls = 200

/** What a program does before each of its requests while the token is valid. */
export const cachedToken: Row = {
  name: 'A token from memory',
  ours: 'session.token()',
  reference: 'badgateway: getToken()',
  // Below 1, because a session reads a second clock: once a second, it checks that the token has not been revoked.
  budget: 0.6,
  better: 'more',
  unit: 'k/s',
  against: 'peer',
  pairs: 30,
  async prepare() {
    const [{ connected }, { cacheFor }, { acquire, clientFor }] = await Promise.all([
      import('../peers/connect-okta.js'),
      import('../peers/badgateway.js'),
      import('../peers/msal-node.js'),
    ])
    const org = await startEmulatedOrg()
    const app = org.withSecret
    const session = await connected(app)
    const cache = cacheFor(app)
    const application = clientFor(app)
    await acquire(application, app.scope)
    await cache.getToken()
    await org.close()
    return {
      ours: () => rateOf(() => session.token(), calls),
      reference: () => rateOf(() => cache.getToken(), calls),
      others: [
        { what: 'badgateway: getAccessToken()', run: () => rateOf(() => cache.getAccessToken(), calls) },
        { what: '@azure/msal-node', run: () => rateOf(() => acquire(application, app.scope), fewCalls) },
      ],
      async close() {},
    }
  },
}

async function rateOf(call: () => Promise<unknown>, times: number): Promise<Work> {
  const start = performance.now()
  for (let done = 0; done < times; done++) await call()
  return { amount: times / (performance.now() - start) }
}
