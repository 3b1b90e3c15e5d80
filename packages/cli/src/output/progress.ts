import type { Terminal } from './terminal.js'
import { visible } from './text/visible-text.js'

/** A line on the terminal that shows progress. Dispose it to remove the line. */
export interface Progress extends Disposable {
  update(text: string): void
}

/** Shows nothing. */
export const noProgress: Progress = { update() {}, [Symbol.dispose]() {} }

/** Shows a spinner in a terminal, and nothing otherwise. */
export async function showProgress(text: string, terminal: Terminal): Promise<Progress> {
  if (!terminal.canAnimate || terminal.options.quiet) return noProgress
  const { default: yoctoSpinner } = await import('yocto-spinner')
  // The spinner cannot redraw a line that wraps.
  const fitted = (line: string) => visible(line).slice(0, Math.max(10, terminal.columns - 4))
  const spinner = yoctoSpinner({ text: fitted(text), stream: terminal.screen, handleSignals: false }).start()
  return {
    update(line) {
      spinner.text = fitted(line)
    },
    [Symbol.dispose]() {
      spinner.stop()
    },
  }
}

/** As {@link showProgress}, with the time that is left. */
export async function showCountdown(text: string, timeoutMs: number, terminal: Terminal): Promise<Progress> {
  const until = terminal.io.monotonicNow() + timeoutMs
  const line = () => `${text}, ${minutesAndSeconds(until - terminal.io.monotonicNow())} left (Ctrl+C to cancel)`
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

function minutesAndSeconds(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1000))
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
}
