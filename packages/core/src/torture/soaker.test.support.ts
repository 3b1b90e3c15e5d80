import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { type ConnectOptions, connect, isOktaConnectError, type OktaSession, openStore, resume } from '../index.js'

/** What a soaker is told, a line each, on its stdin. */
export type SoakOrder =
  | { readonly do: 'connect'; readonly options: ConnectOptions }
  | { readonly do: 'resume'; readonly store: string }
  | { readonly do: 'work'; readonly afterMs: number }

/** What it answers: what each session's request to the API came to, and how much memory is in use after a sweep, in bytes. */
export interface SoakAnswer {
  readonly outcomes: readonly (number | string)[]
  readonly heapBytes: number
}

// A program that runs for a month, by a clock that its orders put forward.
const lines = createInterface({ input: process.stdin })
let offsetMs = 0
const now = () => Date.now() + offsetMs
const sessions = new Map<string, OktaSession>()

for (;;) {
  const order = JSON.parse(String((await once(lines, 'line'))[0])) as SoakOrder
  if (order.do === 'connect') sessions.set('app', await connect(order.options, { now }))
  if (order.do === 'resume') sessions.set('user', await resume({}, { store: openStore(order.store), now }))
  if (order.do === 'work') offsetMs += order.afterMs
  const outcomes: (number | string)[] = []
  for (const session of sessions.values()) outcomes.push(await request(session))
  const sweep = (globalThis as { gc?: () => void }).gc
  sweep?.()
  const answer: SoakAnswer = { outcomes, heapBytes: process.memoryUsage().heapUsed }
  process.stdout.write(`${JSON.stringify(answer)}\n`)
}

async function request(session: OktaSession): Promise<number | string> {
  try {
    const response = await session.fetch('/api/v1/users?limit=1')
    await response.arrayBuffer()
    return response.status
  } catch (error) {
    if (isOktaConnectError(error)) return error.code
    throw error
  }
}
