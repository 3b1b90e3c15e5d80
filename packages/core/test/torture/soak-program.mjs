// A program that runs for a simulated month: its input advances the clock. Each line of input is a SoakCommand, each line of
// output the SoakResult (soak.test.ts).
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { connect, isOktaConnectError, resume } from '@connect-okta/core'
import { openStore } from '@connect-okta/core/stores'

const lines = createInterface({ input: process.stdin })
let offsetMs = 0
const now = () => Date.now() + offsetMs
const sessions = new Map()

for (;;) {
  const command = JSON.parse(String((await once(lines, 'line'))[0]))
  if (command.do === 'connect') sessions.set('app', await connect(command.options, { now }))
  if (command.do === 'resume') sessions.set('user', await resume({}, { store: openStore(command.store), now }))
  if (command.do === 'work') offsetMs += command.afterMs
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
