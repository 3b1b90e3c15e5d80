import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { type ConnectOptions, connect, openStore, resume } from '../index.js'

/** What a worker is told, on its stdin: a key must not be seen in the list of processes. */
export interface Job {
  readonly store: string
  /** `crowd`: connect, and ask for a token many times at once. `renew`: renew the current login without end. */
  readonly task: 'crowd' | 'renew'
  readonly options: ConnectOptions | undefined
  readonly callers: number
}

// A process of its own: says `ready`, waits for `go`, and then a line for each thing that it has done.
const lines = createInterface({ input: process.stdin })
const nextLine = async () => String((await once(lines, 'line'))[0])

const { store: name, task, options, callers } = JSON.parse(await nextLine()) as Job
const store = openStore(name)
const say = (text: string) => process.stdout.write(`${text}\n`)
if (task === 'crowd' && options !== undefined) {
  say('ready')
  await nextLine()
  const session = await connect(options, { store })
  const tokens = await Promise.all(Array.from({ length: callers }, () => session.token()))
  say(JSON.stringify([...new Set(tokens.map(({ value }) => value))]))
} else {
  const session = await resume({}, { store })
  say('ready')
  for (;;) {
    await session.token({ forceRefresh: true })
    say('renewed')
  }
}
process.exit(0)
