import type { Terminal } from './terminal.js'
import { visible } from './text/visible-text.js'

/** A line that shows progress, until it is disposed. */
export interface Progress extends Disposable {
  update(text: string): void
}

/** Shows nothing. */
export const noProgress: Progress = { update() {}, [Symbol.dispose]() {} }

/** Shows a spinner on a terminal; nothing in a log. */
export async function showProgress(text: string, terminal: Terminal): Promise<Progress> {
  if (!terminal.canAnimate || terminal.options.quiet) return noProgress
  const { default: yoctoSpinner } = await import('yocto-spinner')
  // A line that wraps would be drawn again below itself.
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

/** As {@link showProgress}, with the time that is left by the monotonic clock. */
export async function showCountdown(text: string, timeoutMs: number, terminal: Terminal): Promise<Progress> {
  const until = terminal.io.monotonicNow() + timeoutMs
  const line = () => `${text}, ${clockOf(until - terminal.io.monotonicNow())} left (Ctrl+C to give up)`
  const progress = await showProgress(line(), terminal)
  const timer = setInterval(() => progress.update(line()), 1000)
  return {
    update: progress.update,
    [Symbol.dispose]() {
      clearInterval(timer)
      progress[Symbol.dispose]()
    },
  }
}

function clockOf(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1000))
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
}
