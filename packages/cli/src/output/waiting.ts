import type { Terminal } from './terminal.js'
import { visible } from './visible-text.js'

/** A line that shows that something goes on, until it is over. */
export interface Waiting extends Disposable {
  update(text: string): void
}

/** What nobody sees. */
export const nothingShown: Waiting = { update() {}, [Symbol.dispose]() {} }

/** Shows a spinner where a person sees it move. Elsewhere nothing: a log has no use for it. */
export async function showWaiting(text: string, terminal: Terminal): Promise<Waiting> {
  if (!terminal.canAnimate || terminal.options.quiet) return nothingShown
  const { default: yoctoSpinner } = await import('yocto-spinner')
  // A line that wraps would be drawn anew below itself.
  const fitting = (line: string) => visible(line).slice(0, Math.max(10, terminal.columns - 4))
  const spinner = yoctoSpinner({ text: fitting(text), stream: terminal.screen, handleSignals: false }).start()
  return {
    update(line) {
      spinner.text = fitting(line)
    },
    [Symbol.dispose]() {
      spinner.stop()
    },
  }
}

/** As {@link showWaiting}, with the time that is left. A clock that is set while it waits changes nothing. */
export async function countDown(text: string, timeoutMs: number, terminal: Terminal): Promise<Waiting> {
  const until = terminal.io.monotonicNow() + timeoutMs
  const line = () => `${text}, ${clockOf(until - terminal.io.monotonicNow())} left (Ctrl+C to give up)`
  const waiting = await showWaiting(line(), terminal)
  const timer = setInterval(() => waiting.update(line()), 1000)
  return {
    update: waiting.update,
    [Symbol.dispose]() {
      clearInterval(timer)
      waiting[Symbol.dispose]()
    },
  }
}

function clockOf(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1000))
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
}
