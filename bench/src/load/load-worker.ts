import { once } from 'node:events'
import { Agent, type IncomingMessage, request } from 'node:http'
import autocannon from 'autocannon'
import type { Load, LoadResult } from './load-process.js'

process.on('message', async (load: Load) => {
  process.send?.(load.connections === 1 ? await sequential(load) : await concurrent(load))
})

async function concurrent(load: Load): Promise<LoadResult> {
  // autocannon checks once per sample whether it is done. With the default of a second, times are rounded to seconds.
  const result = await autocannon({ ...load, headers: { ...load.headers }, timeout: 60, sampleInt: 10 })
  const { latency } = result
  return { p50Ms: latency.p50, p99Ms: latency.p99, succeeded: result['2xx'] }
}

// autocannon reports only whole milliseconds, and these requests take less.
async function sequential({ url, method, headers, amount }: Load): Promise<LoadResult> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const times: number[] = []
  let succeeded = 0
  for (let sent = 0; sent < amount; sent++) {
    const start = performance.now()
    const outgoing = request(url, { method, headers, agent }).end()
    const [response] = (await once(outgoing, 'response')) as [IncomingMessage]
    response.resume()
    await once(response, 'end')
    times.push(performance.now() - start)
    if (response.statusCode === 200) succeeded += 1
  }
  agent.destroy()
  times.sort((a, b) => a - b)
  const at = (part: number) => times[Math.floor((times.length - 1) * part)] ?? Number.NaN
  return { p50Ms: at(0.5), p99Ms: at(0.99), succeeded }
}
