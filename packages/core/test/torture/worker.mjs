// A process that shares a store with others. Its first line of input is a Job (torture.test.support.ts): arguments would
// show the key in the process list. It prints `ready`, waits for a line if the task is `connect`, and prints a line for
// each result.
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { connect, resume } from '@connect-okta/core'
import { openStore } from '@connect-okta/core/stores'

const lines = createInterface({ input: process.stdin })
const nextLine = async () => String((await once(lines, 'line'))[0])
const print = text => process.stdout.write(`${text}\n`)

const job = JSON.parse(await nextLine())
const store = openStore(job.store)
if (job.task === 'connect') {
  print('ready')
  await nextLine()
  const session = await connect(job.options, { store })
  const tokens = await Promise.all(Array.from({ length: job.concurrency }, () => session.token()))
  print(JSON.stringify([...new Set(tokens.map(({ value }) => value))]))
} else {
  const session = await resume({}, { store })
  print('ready')
  for (;;) {
    await session.token({ forceRefresh: true })
    print('refreshed')
  }
}
process.exit(0)
