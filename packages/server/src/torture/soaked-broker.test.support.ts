import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { setTimeout as pause } from 'node:timers/promises'
import { serveIn } from '../serve.js'

/** What a soaked broker is told, a line each, on its stdin. */
export type SoakOrder =
  | { readonly do: 'serve'; readonly config: string }
  | { readonly do: 'advance'; readonly ms: number }
  | { readonly do: 'reload' }
  | { readonly do: 'measure' }

/** What it answers: how much memory is in use after a sweep, in bytes, and what it has logged that must not be. */
export interface SoakAnswer {
  readonly heapBytes: number
  readonly faults: readonly string[]
}

// A broker that runs for a month, by a clock that its orders put forward.
const orders = createInterface({ input: process.stdin })
let aheadMs = 0
let reload = () => {}
let reloads = 0
const faults: string[] = []
let begin = () => {}

const output = {
  write(line: string) {
    if (line.includes('took the new configuration')) reloads += 1
    if (/a bug|kept the old configuration/.test(line)) faults.push(line)
  },
  isFailing: false,
  async flush() {},
}

for (;;) {
  const order = JSON.parse(String((await once(orders, 'line'))[0])) as SoakOrder
  switch (order.do) {
    case 'serve':
      await serving(order.config)
      break
    case 'advance':
      aheadMs += order.ms
      break
    case 'reload': {
      const before = reloads
      reload()
      while (reloads === before && faults.length === 0) await pause(5)
      break
    }
    case 'measure':
  }
  ;(globalThis as { gc?: () => void }).gc?.()
  const answer: SoakAnswer = { heapBytes: process.memoryUsage().heapUsed, faults: faults.splice(0) }
  process.stdout.write(`${JSON.stringify(answer)}\n`)
}

async function serving(config: string): Promise<void> {
  const listening = new Promise<void>(resolve => {
    begin = resolve
  })
  const running = serveIn(['--config', config], {
    output,
    tell: () => begin(),
    end: new Promise(() => {}),
    onReload: act => {
      reload = act
    },
    now: () => Date.now() + aheadMs,
    monotonicNow: () => performance.now() + aheadMs,
  })
  await Promise.race([listening, running])
}
