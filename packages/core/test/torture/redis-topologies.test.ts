import { startOktaEmulator } from '@connect-okta/emulator'
import { describe, expect, inject, it } from 'vitest'
import { connect, isOktaConnectError } from '../../src/index.js'
import { openRedisStore } from '../../src/stores/redis/redis-store.js'
import { redisStoreVariables } from '../support/redis-server.test.support.js'
import { startCluster, startSentinels } from '../support/redis-topologies.test.support.js'
import { serviceAppOptions } from '../support/service-org.test.support.js'

const { redisServer = '' } = inject('systemNeeds')

describe.runIf(redisServer !== '').each([
  ['Sentinels', startSentinels],
  ['a Cluster', startCluster],
])('twenty clients with a store behind %s, whose primary is killed', (_name, start) => {
  it('fail only with store_failed meanwhile, and then all have the same token', async () => {
    await using okta = await startOktaEmulator({ clients: [{ kind: 'service' }] })
    const topology = await start(redisServer)
    const options = serviceAppOptions(okta)
    const openNewStore = () => openRedisStore(topology.address, redisStoreVariables)
    let isOver = false
    const codes = new Set<string>()
    const clients = Array.from({ length: 20 }, async () => {
      let value = ''
      for (let hasToken = false; !isOver || !hasToken; ) {
        try {
          value = (await (await connect(options, { store: openNewStore() })).token()).value
          hasToken = isOver
        } catch (error) {
          codes.add(isOktaConnectError(error) ? error.code : String(error))
          hasToken = false
        }
      }
      return value
    })
    await topology.killPrimary()
    const store = openNewStore()
    const write = () => store.exclusive('f'.repeat(64), slot => slot.remove()).then(() => 'written', String)
    await expect.poll(write, { timeout: 30_000 }).toBe('written')
    isOver = true
    expect(new Set(await Promise.all(clients)).size).toBe(1)
    for (const code of codes) expect(code).toBe('store_failed')
    await topology.stop()
  }, 120_000)
})
