import { bufferedOutput } from './operations/buffered-output.js'
import { serveIn } from './serve.js'

/**
 * Serves from this process until SIGTERM or Ctrl+C. SIGHUP reads the configuration again. Logs and
 * audit lines go to stdout, words for people to stderr.
 *
 * @param args `--config FILE`, `--listen HOST:PORT`, `--store NAME`, `--behind-proxy PROXY`, or one of `--new-secret`,
 * `--schema` and `--help`.
 * @throws {@link OktaConnectError} `options_invalid`, `private_key_invalid`, `callback_port_in_use`, `store_failed`
 * @example
 * await serve(['--config', 'broker.yaml'])
 */
export async function serve(args: readonly string[]): Promise<void> {
  const tell = (text: string) => void process.stderr.write(text)
  // A reader of stderr that has ended is no reason to end.
  process.stderr.on('error', () => {})
  const output = bufferedOutput(1, tell)
  try {
    await serveIn(args, {
      output,
      tell,
      end: new Promise(resolve => {
        const hurry = new AbortController()
        let isEnding = false
        for (const signal of ['SIGTERM', 'SIGINT'] as const) {
          process.on(signal, () => {
            // Ctrl+C, or a second signal: without the delay for a load balancer.
            if (isEnding || signal === 'SIGINT') hurry.abort()
            isEnding = true
            resolve(hurry.signal)
          })
        }
      }),
      onReload: reload => void process.on('SIGHUP', reload),
      now: Date.now,
      monotonicNow: () => performance.now(),
    })
  } finally {
    await output.flush()
  }
}
