import { styleText } from 'node:util'
import type { Notice } from '@connect-okta/core'

/** How much a command is to say, and in which form. */
export interface Manners {
  readonly json: boolean
  readonly quiet: boolean
  readonly verbose: boolean
}

/** Where a command's words go: the answer to stdout, everything else to stderr. */
export interface Terminal {
  /** Fires at Ctrl+C. */
  readonly signal: AbortSignal
  /** Whether somebody is there to be asked. */
  readonly canAsk: boolean
  /** Whether stdout is read by a person. */
  readonly isAnswerRead: boolean
  /** Whether words for people may move and have colours. */
  readonly isLively: boolean
  /** How wide stderr is, in characters. */
  readonly columns: number
  readonly manners: Manners
  /** Sets {@link manners}. */
  behave(manners: Manners): void
  /** Writes the answer, and nothing else, to stdout. */
  answer(text: string): void
  /** Writes a part of an answer as it is. Resolves when there is room for more. */
  write(part: string | Uint8Array): Promise<void>
  /** Tells the person at the terminal something, on stderr, unless they want quiet. */
  say(text: string): void
  /** As {@link say}, for what went wrong. */
  complain(text: string): void
  /** A notice of the core, on stderr. */
  readonly notice: (notice: Notice) => void
  /** The text in a colour or another style, where stderr shows those. */
  paint(style: Style, text: string): string
  /** The same for what goes to stdout. */
  paintAnswer(style: Style, text: string): string
}

type Style = 'bold' | 'dim' | 'red' | 'yellow' | 'green'

/** The terminal of this process. */
export function openTerminal(): Terminal {
  const { stdin, stdout, stderr, env } = process
  const interruption = new AbortController()
  // Once: a second Ctrl+C ends the process at once, as everywhere.
  process.once('SIGINT', () => interruption.abort(new Error('SIGINT')))
  // A reader that has seen enough, such as head, is no failure.
  stdout.on('error', error => {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EPIPE') process.exit(0)
    stderr.write(`error: The answer cannot be written: ${code}.\n`)
    // This machine, as with a folder that cannot be written.
    process.exit(6)
  })
  // Nobody hears what goes wrong; the exit code tells.
  stderr.on('error', () => {})
  const isTerminal = stderr.isTTY === true && env.TERM !== 'dumb'
  const mayColour = env.TERM !== 'dumb' && !env.NO_COLOR
  const painter = (isShown: boolean) => (style: Style, text: string) =>
    isShown && mayColour ? styleText(style, text, { validateStream: false }) : text
  let manners: Manners = { json: false, quiet: false, verbose: false }
  const complain = (text: string) => void stderr.write(`${text}\n`)
  const say = (text: string) => manners.quiet || complain(text)
  return {
    signal: interruption.signal,
    canAsk: isTerminal && stdin.isTTY === true,
    isAnswerRead: stdout.isTTY === true,
    isLively: isTerminal && !env.CI,
    get columns() {
      return stderr.columns || 100
    },
    get manners() {
      return manners
    },
    behave(wanted) {
      manners = wanted
    },
    answer: text => void stdout.write(`${text}\n`),
    write: part =>
      new Promise(resolve => {
        if (stdout.write(part)) resolve()
        else stdout.once('drain', resolve)
      }),
    say,
    complain,
    notice: ({ message }) => say(`note: ${message}`),
    paint: painter(stderr.isTTY === true),
    paintAnswer: painter(stdout.isTTY === true),
  }
}
