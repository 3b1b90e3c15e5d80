// A broker whose clock can be advanced, and whose memory is measured. Each line of stdin is an Order, and each line of stdout the
// Answer to it (measured-broker.test.support.ts).
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { setTimeout as pause } from 'node:timers/promises'
import { serve } from '../../dist/serve.js'

const orders = createInterface({ input: process.stdin })
let aheadMs = 0
let reload = () => {}
let reloads = 0
const faults = []

const output = {
  write(line) {
    if (line.includes('loaded the new configuration')) reloads += 1
    if (/unexpected error|kept the old configuration/.test(line)) faults.push(line)
  },
  isFailing: false,
  async flush() {},
}

for (;;) {
  const order = JSON.parse(String((await once(orders, 'line'))[0]))
  if (order.do === 'serve') await start(order.config)
  if (order.do === 'advance') aheadMs += order.ms
  if (order.do === 'reload') {
    const before = reloads
    reload()
    while (reloads === before && faults.length === 0) await pause(5)
  }
  globalThis.gc()
  const { heapUsed: heapBytes, rss: residentBytes } = process.memoryUsage()
  process.stdout.write(`${JSON.stringify({ heapBytes, residentBytes, faults: faults.splice(0) })}\n`)
}

async function start(config) {
  await new Promise((listening, failed) => {
    serve(
      { config },
      {
        output,
        print: listening,
        shutdown: new Promise(() => {}),
        onReload: listener => {
          reload = listener
        },
        now: () => Date.now() + aheadMs,
        monotonicNow: () => performance.now() + aheadMs,
      },
    ).then(listening, failed)
  })
}
