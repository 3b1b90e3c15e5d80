import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

/** A line of the broker's stdin. */
type Order =
  | { readonly do: 'serve'; readonly config: string }
  | { readonly do: 'advance'; readonly ms: number }
  | { readonly do: 'reload' }
  | { readonly do: 'measure' }

/** A line of the broker's stdout: its memory after a garbage collection, in bytes, and the errors that it has logged. */
interface Answer {
  readonly heapBytes: number
  readonly residentBytes: number
  readonly faults: readonly string[]
}

/** A broker in a separate process. */
export interface MeasuredBroker extends AsyncDisposable {
  /** Advances its clock. */
  advance(ms: number): Promise<void>
  /** Reloads its configuration. */
  reload(): Promise<void>
  /** Its memory after a garbage collection, in bytes. */
  memory(): Promise<Pick<Answer, 'heapBytes' | 'residentBytes'>>
}

/** Starts a {@link MeasuredBroker} with a configuration file. Its methods reject when the broker has logged an error. */
export async function startMeasuredBroker(config: string): Promise<MeasuredBroker> {
  const path = fileURLToPath(new URL('./measured-broker.mjs', import.meta.url))
  // Node ends the process when a rejection is not handled.
  const child = spawn(process.execPath, ['--expose-gc', path], {
    env: {
      PATH: process.env.PATH,
      TMPDIR: tmpdir(),
      CONNECT_OKTA_STORE_KEY: randomBytes(32).toString('base64'),
    },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const lines = createInterface({ input: child.stdout })
  const ended = once(child, 'close').then(([code]) => Promise.reject(new Error(`the broker ended with ${code}`)))
  ended.catch(() => {})
  async function send(order: Order): Promise<Answer> {
    child.stdin.write(`${JSON.stringify(order)}\n`)
    const answer = JSON.parse(String((await Promise.race([once(lines, 'line'), ended]))[0])) as Answer
    if (answer.faults.length > 0) throw new Error(answer.faults.join('\n'))
    return answer
  }
  await send({ do: 'serve', config })
  return {
    advance: async ms => void (await send({ do: 'advance', ms })),
    reload: async () => void (await send({ do: 'reload' })),
    memory: async () => await send({ do: 'measure' }),
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL')
      await ended.catch(() => {})
    },
  }
}
