// A process that shares a store with others. Its first line of input is a Job (torture.test.support.ts): a key must not be
// in the list of processes. It prints `ready`, waits for a line, and then prints a line for each thing that it has done.
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { connect, resume } from '@connect-okta/core'
import { openStore } from '@connect-okta/core/stores'

const lines = createInterface({ input: process.stdin })
const nextLine = async () => String((await once(lines, 'line'))[0])
const print = text => process.stdout.write(`${text}\n`)

const job = JSON.parse(await nextLine())
const store = openStore(job.store)
if (job.task === 'crowd') {
  print('ready')
  await nextLine()
  const session = await connect(job.options, { store })
  const tokens = await Promise.all(Array.from({ length: job.callers }, () => session.token()))
  print(JSON.stringify([...new Set(tokens.map(({ value }) => value))]))
} else {
  const session = await resume({}, { store })
  print('ready')
  for (;;) {
    await session.token({ forceRefresh: true })
    print('renewed')
  }
}
process.exit(0)
