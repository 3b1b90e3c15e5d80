// A program that runs for a month, by a clock that its input advances. A line of input is a SoakOrder, and the line that it
// prints for it a SoakAnswer (soak.test.ts).
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { connect, isOktaConnectError, resume } from '@connect-okta/core'
import { openStore } from '@connect-okta/core/stores'

const lines = createInterface({ input: process.stdin })
let offsetMs = 0
const now = () => Date.now() + offsetMs
const sessions = new Map()

for (;;) {
  const order = JSON.parse(String((await once(lines, 'line'))[0]))
  if (order.do === 'connect') sessions.set('app', await connect(order.options, { now }))
  if (order.do === 'resume') sessions.set('user', await resume({}, { store: openStore(order.store), now }))
  if (order.do === 'work') offsetMs += order.afterMs
  const outcomes = []
  for (const session of sessions.values()) outcomes.push(await request(session))
  globalThis.gc()
  process.stdout.write(`${JSON.stringify({ outcomes, heapBytes: process.memoryUsage().heapUsed })}\n`)
}

async function request(session) {
  try {
    const response = await session.fetch('/api/v1/users?limit=1')
    await response.arrayBuffer()
    return response.status
  } catch (error) {
    if (isOktaConnectError(error)) return error.code
    throw error
  }
}
