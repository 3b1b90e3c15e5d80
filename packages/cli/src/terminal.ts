import { fstatSync, writeSync } from 'node:fs'
import { styleText } from 'node:util'
import type { Notice } from '@connect-okta/core'
import { handleInterruption, type Interruption } from './interruption.js'
import { visible } from './visible-text.js'
import { wrapWords } from './wrap-words.js'

/** How much a command is to say, and in which form. */
export interface Manners {
  readonly json: boolean
  readonly quiet: boolean
  readonly verbose: boolean
}

type Style = 'bold' | 'dim' | 'red' | 'yellow' | 'green'

/** Text in a color or another style, where the stream shows those. */
export interface Painted {
  readonly style: Style
  readonly text: string
}

/** What a command prints. Every control character in it is made visible: only {@link Painted} has styles. */
export type Text = string | Painted

/** Text in a color or another style. */
export function painted(style: Style, text: string): Painted {
  return { style, text }
}

/**
 * Where a command's output goes: the answer to stdout, everything else to stderr. Nothing else in this program writes to
 * either, so no control character from outside reaches a terminal.
 */
export interface Terminal {
  /** Fires at Ctrl+C, SIGTERM and SIGHUP. */
  readonly signal: AbortSignal
  /** What handles these signals. */
  readonly interruption: Interruption
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
  answer(...text: readonly Text[]): void
  /** Writes a part of an answer: the exact bytes, unless stdout is a terminal. Resolves when there is room for more. */
  write(part: string | Uint8Array): Promise<void>
  /** Prints a message for the user on stderr, unless they want quiet. */
  say(...text: readonly Text[]): void
  /** As {@link say}, for what went wrong. */
  complain(...text: readonly Text[]): void
  /** Stderr, for libraries that move the cursor. Text that they draw has to be {@link visible}. */
  readonly screen: NodeJS.WriteStream
  /** A notice of the core, on stderr. */
  readonly notice: (notice: Notice) => void
}

/** The terminal of this process. Its streams are opened when they are used: each takes as long as a token at hand. */
export function openTerminal(): Terminal {
  const { env } = process
  const interruption = handleInterruption()
  const mayColour = env.TERM !== 'dumb' && !env.NO_COLOR
  const isTerminal = () => stderr().isTTY === true && env.TERM !== 'dumb'
  const render = (parts: readonly Text[], stream: () => NodeJS.WriteStream) => {
    const shown = (part: Text) => {
      if (typeof part === 'string') return visible(part)
      const text = visible(part.text)
      return mayColour && stream().isTTY === true ? styleText(part.style, text, { validateStream: false }) : text
    }
    return parts.map(shown).join('')
  }
  const columns = () => stderr().columns || 100
  let manners: Manners = { json: false, quiet: false, verbose: false }
  // JSON is for programs, also where somebody looks on.
  const fitted = (text: string) => (isTerminal() && !manners.json ? wrapWords(text, columns()) : text)
  const complain = (...text: readonly Text[]) => void stderr().write(`${fitted(render(text, stderr))}\n`)
  const say = (...text: readonly Text[]) => manners.quiet || complain(...text)
  const decoder = new TextDecoder()
  const shownPart = (part: string | Uint8Array) =>
    visible(typeof part === 'string' ? part : decoder.decode(part, { stream: true }))
  return {
    signal: interruption.signal,
    interruption,
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
    answer: (...text) => writeAnswer(`${render(text, stdout)}\n`),
    write: part =>
      new Promise(resolve => {
        if (stdout().write(stdout().isTTY === true ? shownPart(part) : part)) resolve()
        else stdout().once('drain', resolve)
      }),
    say,
    complain,
    get screen() {
      return stderr()
    },
    notice: ({ message }) => say(`note: ${message}`),
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
