import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

/** A number of requests, over a number of connections. */
export interface Load {
  readonly url: string
  readonly method: 'GET' | 'POST'
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
  readonly connections: number
  readonly amount: number
}

/** The result of a {@link Load}. */
export interface LoadResult {
  readonly p50Ms: number
  readonly p99Ms: number
  /** The number of responses with a status of 2xx. */
  readonly succeeded: number
}

/** A separate process that sends requests, so that its work does not count as that of the server. */
export interface LoadProcess {
  run(load: Load): Promise<LoadResult>
  close(): Promise<void>
}

/** Starts a {@link LoadProcess}. */
export function startLoadProcess(): LoadProcess {
  const child = fork(fileURLToPath(new URL('./load-worker.js', import.meta.url)))
  const exited = once(child, 'exit')
  return {
    async run(load) {
      child.send(load)
      const [result] = (await Promise.race([once(child, 'message'), exited])) as [LoadResult]
      if (typeof result !== 'object') throw new Error('the load process has exited')
      if (result.succeeded !== load.amount)
        throw new Error(`${load.amount - result.succeeded} of ${load.amount} failed`)
      return result
    },
    async close() {
      child.kill()
      await exited
    },
  }
}
