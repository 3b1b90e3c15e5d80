import { fstatSync, writeSync } from 'node:fs'
import { styleText } from 'node:util'
import type { Notice } from '@connect-okta/core'
import { wrapWords } from './wrap-words.js'

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
  /** Whether another program reads stdout, and may itself write to the terminal. */
  readonly isAnswerPiped: boolean
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

/** The terminal of this process. Its streams are opened when they are used: each takes as long as a token at hand. */
export function openTerminal(): Terminal {
  const { env } = process
  const interruption = new AbortController()
  // Once: a second Ctrl+C ends the process at once, as everywhere.
  process.once('SIGINT', () => interruption.abort(new Error('SIGINT')))
  const mayColour = env.TERM !== 'dumb' && !env.NO_COLOR
  const isTerminal = () => stderr().isTTY === true && env.TERM !== 'dumb'
  const paint = (stream: () => NodeJS.WriteStream) => (style: Style, text: string) =>
    mayColour && stream().isTTY === true ? styleText(style, text, { validateStream: false }) : text
  const columns = () => stderr().columns || 100
  let manners: Manners = { json: false, quiet: false, verbose: false }
  // JSON is for programs, also where somebody looks on.
  const fitted = (text: string) => (isTerminal() && !manners.json ? wrapWords(text, columns()) : text)
  const complain = (text: string) => void stderr().write(`${fitted(text)}\n`)
  const say = (text: string) => manners.quiet || complain(text)
  return {
    signal: interruption.signal,
    get canAsk() {
      return isTerminal() && process.stdin.isTTY === true
    },
    get isAnswerRead() {
      return stdout().isTTY === true
    },
    get isAnswerPiped() {
      const stdoutStats = fstatSync(1)
      return stdoutStats.isFIFO() || stdoutStats.isSocket()
    },
    get isLively() {
      return isTerminal() && !env.CI
    },
    get columns() {
      return columns()
    },
    get manners() {
      return manners
    },
    behave(wanted) {
      manners = wanted
    },
    answer: text => writeAnswer(`${text}\n`),
    write: part =>
      new Promise(resolve => {
        if (stdout().write(part)) resolve()
        else stdout().once('drain', resolve)
      }),
    say,
    complain,
    notice: ({ message }) => say(`note: ${message}`),
    paint: paint(stderr),
    paintAnswer: paint(stdout),
  }
}

let isAnswering = false

function stdout(): NodeJS.WriteStream {
  if (!isAnswering) process.stdout.on('error', endUnheard)
  isAnswering = true
  return process.stdout
}

let isTelling = false

function stderr(): NodeJS.WriteStream {
  // Nobody hears what goes wrong; the exit code tells.
  if (!isTelling) process.stderr.on('error', () => {})
  isTelling = true
  return process.stderr
}

// Without a stream, as long as nothing else is written. What a full pipe does not take at once, the stream writes.
function writeAnswer(text: string): void {
  if (isAnswering) return void process.stdout.write(text)
  const bytes = Buffer.from(text)
  let written = 0
  try {
    while (written < bytes.byteLength) written += writeSync(1, bytes, written)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EAGAIN') stdout().write(bytes.subarray(written))
    else endUnheard(error)
  }
}

// A reader that has seen enough, such as head, is no failure.
function endUnheard(error: unknown): never {
  const { code } = error as NodeJS.ErrnoException
  if (code === 'EPIPE') process.exit(0)
  stderr().write(`error: The answer cannot be written: ${code}.\n`)
  // This machine, as with a folder that cannot be written.
  process.exit(6)
}
