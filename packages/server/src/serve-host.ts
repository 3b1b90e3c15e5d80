import { bufferedOutput, type LogOutput } from './operations/buffered-output.js'

/** The process that the broker runs in. */
export interface ServeHost {
  /** For log and audit lines. */
  readonly output: LogOutput
  /** For messages to the user. */
  print(text: string): void
  /** Resolves when the broker must shut down, with a signal that ends the shutdown delay. Never rejects. */
  readonly shutdown: Promise<AbortSignal>
  /** Registers the function that reloads the configuration. */
  onReload(reload: () => void): void
  now(): number
  monotonicNow(): number
}

/** This process: log and audit lines to stdout, messages to stderr, SIGTERM and Ctrl+C to shut down, SIGHUP to reload. */
export function currentProcess(): ServeHost {
  const print = (text: string) => void process.stderr.write(text)
  // The broker keeps running when the reader of stderr has ended.
  process.stderr.on('error', () => {})
  return {
    output: bufferedOutput(1, print),
    print,
    shutdown: new Promise(resolve => {
      const skipDelay = new AbortController()
      let isEnding = false
      for (const signal of ['SIGTERM', 'SIGINT'] as const) {
        process.on(signal, () => {
          // After Ctrl+C, or a second signal, no load balancer needs the delay.
          if (isEnding || signal === 'SIGINT') skipDelay.abort()
          isEnding = true
          resolve(skipDelay.signal)
        })
      }
    }),
    onReload: reload => void process.on('SIGHUP', reload),
    now: Date.now,
    monotonicNow: () => performance.now(),
  }
}
