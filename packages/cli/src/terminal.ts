import type { Notice } from '@connect-okta/core'

/** Where a command's words go: the answer to stdout, everything else to stderr. */
export interface Terminal {
  /** Fires at Ctrl+C. */
  readonly signal: AbortSignal
  /** Writes the answer, and nothing else, to stdout. */
  answer(text: string): void
  /** Tells the person at the terminal something, on stderr. */
  say(text: string): void
  /** A notice of the core, on stderr. */
  readonly notice: (notice: Notice) => void
}

/** The terminal of this process. */
export function openTerminal(): Terminal {
  const interruption = new AbortController()
  // Once: a second Ctrl+C ends the process at once, as everywhere.
  process.once('SIGINT', () => interruption.abort(new Error('SIGINT')))
  // A reader that has seen enough, such as head, is no failure.
  process.stdout.on('error', error => {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EPIPE') process.exit(0)
    process.stderr.write(`error: The answer cannot be written: ${code}.\n`)
    // This machine, as with a folder that cannot be written.
    process.exit(6)
  })
  return {
    signal: interruption.signal,
    answer: text => void process.stdout.write(`${text}\n`),
    say: text => void process.stderr.write(`${text}\n`),
    notice: ({ message }) => void process.stderr.write(`note: ${message}\n`),
  }
}
