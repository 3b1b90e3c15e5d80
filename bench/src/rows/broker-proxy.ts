import { startEmulatorProcess } from '../emulator-process.js'
import { startBrokerProcess } from '../load/broker-process.js'
import { startLoadProcess } from '../load/load-process.js'
import type { Row } from '../row.js'

const amount = 300
const path = '/api/v1/users?limit=1'

/** The time of a request through the proxy, compared with a direct request to the org. Both use one keep-alive connection. */
export const brokerProxy: Row = {
  name: 'Broker: a request through the proxy',
  ours: '/proxy/NAME/',
  reference: 'directly, with the token',
  budget: 3.1,
  pairs: 10,
  // Three processes compete for the CPU, so a few runs are not precise.
  isLong: true,
  async prepare() {
    const emulator = await startEmulatorProcess()
    const broker = await startBrokerProcess(emulator)
    const [authorization = ''] = broker.authorizations
    const body = new URLSearchParams({ grant_type: 'client_credentials' })
    const answer = await fetch(`${broker.url}/oauth2/token`, { method: 'POST', headers: { authorization }, body })
    const { access_token } = (await answer.json()) as { access_token: string }
    const load = startLoadProcess()
    const job = async (url: string, credential: string) => {
      const headers = { authorization: credential }
      const { p50Ms, p99Ms } = await load.run({ url, method: 'GET', headers, connections: 1, amount })
      return { amount: p50Ms, p99Ms }
    }
    const ours = () => job(`${broker.url}/proxy/users${path}`, authorization)
    const reference = () => job(emulator.orgUrl + path, `Bearer ${access_token}`)
    // A broker runs for weeks. The optimizing compiler needs a few thousand requests.
    for (let round = 0; round < 15; round++) {
      await ours()
      await reference()
    }
    return {
      ours,
      reference,
      async close() {
        await load.close()
        await broker.close()
        await emulator.close()
      },
    }
  },
}
