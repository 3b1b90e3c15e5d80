import { constants } from 'node:os'
import type { Interruption } from '../io.js'

const names = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
const maxWaitMs = 2_000

/**
 * Handles Ctrl+C, `SIGTERM` and `SIGHUP`. The first one lets the command clean up. A second one ends the process at once.
 */
export function handleInterruption(): Interruption {
  const controller = new AbortController()
  let exitCode: number | undefined
  function release(): void {
    for (const name of names) process.removeListener(name, onSignal)
  }
  function onSignal(name: NodeJS.Signals): void {
    release()
    exitCode = 128 + constants.signals[name]
    controller.abort(new Error(name))
    // A read of a pipe without a writer cannot be aborted, and Node waits for it even in process.exit().
    setTimeout(() => {
      process.emit('exit', 128 + constants.signals[name])
      process.kill(process.pid, name)
    }, maxWaitMs).unref()
  }
  for (const name of names) process.on(name, onSignal)
  return {
    signal: controller.signal,
    get exitCode() {
      return exitCode
    },
    interrupt: () => void process.kill(process.pid, 'SIGINT'),
    release,
  }
}
