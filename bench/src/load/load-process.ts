import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

/** What a load is made of: so many requests, so many at a time. */
export interface Load {
  readonly url: string
  readonly method: 'GET' | 'POST'
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
  readonly connections: number
  readonly amount: number
}

/** How it went. */
export interface LoadResult {
  readonly p50Ms: number
  readonly p99Ms: number
  /** How many were answered with a status of 2xx. */
  readonly good: number
}

/** Another process, which makes requests: its work must not count as the server's. */
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
      if (typeof result !== 'object') throw new Error('the process that makes the load has ended')
      if (result.good !== load.amount)
        throw new Error(`${load.amount - result.good} of ${load.amount} were not answered`)
      return result
    },
    async close() {
      child.kill()
      await exited
    },
  }
}
