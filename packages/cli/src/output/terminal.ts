import { styleText } from 'node:util'
import type { Notice } from '@connect-okta/core'
import type { Io, Output } from '../io.js'
import { visible } from './text/visible-text.js'
import { wrapWords } from './text/wrap-words.js'

/** How much a command prints, and in which form. */
export interface OutputOptions {
  readonly json: boolean
  readonly quiet: boolean
  readonly verbose: boolean
}

type Style = 'bold' | 'dim' | 'red' | 'yellow' | 'green'

/** Text in a color or another style, where the stream shows those. */
export interface Styled {
  readonly style: Style
  readonly text: string
}

/** Text that a command prints. Its control characters become visible escapes: only {@link Styled} has styles. */
export type Text = string | Styled

/** Text in a color or another style. */
export function styled(style: Style, text: string): Styled {
  return { style, text }
}

/**
 * Prints a command's output: the answer to stdout, everything else to stderr. Nothing else in this program writes to
 * either, so that no control character of a server reaches a terminal.
 */
export interface Terminal {
  /** The input and the environment of the program. */
  readonly io: Io
  /** The command line of another program, after `--`; `undefined` without `--`. */
  readonly program: readonly string[] | undefined
  /** Fires at Ctrl+C, SIGTERM and SIGHUP. */
  readonly signal: AbortSignal
  /** Whether a user can be prompted. */
  readonly canPrompt: boolean
  /** The passphrases that the user has entered, by the SHA-256 of the key: a command may need a key several times. */
  readonly passphrases: Map<string, Promise<string>>
  /** Whether a user reads stdout in a terminal. */
  readonly isStdoutTerminal: boolean
  /** Whether messages for the user may move and have colors. */
  readonly canAnimate: boolean
  /** How wide stderr is, in characters. */
  readonly columns: number
  /** The exit code of a command that does not fail. Default: 0. */
  exitCode: number
  readonly options: OutputOptions
  /** Sets {@link options}. */
  setOptions(options: OutputOptions): void
  /** Writes the answer of the command to stdout. */
  answer(...text: readonly Text[]): void
  /** Writes a part of an answer: the exact bytes, unless stdout is a terminal. Resolves when there is room for more. */
  write(part: string | Uint8Array): Promise<void>
  /** Prints a message for the user on stderr, except with `--quiet`. */
  info(...text: readonly Text[]): void
  /** As {@link info}, also with `--quiet`. */
  error(...text: readonly Text[]): void
  /** Prints a command line for the user on stderr, except with `--quiet`. It is not wrapped, so that it can be copied. */
  commandLine(text: string): void
  /** Stderr, for libraries that move the cursor. Pass their text through {@link visible}. */
  readonly screen: NodeJS.WriteStream
  /** Prints a notice of the core on stderr. */
  readonly notice: (notice: Notice) => void
}

/** Prints to the streams of `io`. Each is opened at its first use, since Node takes 1 to 2 ms for it. */
export function openTerminal(io: Io, program?: readonly string[]): Terminal {
  const { environment, interruption } = io
  const { TERM, NO_COLOR, CI } = environment.variables
  const canColor = TERM !== 'dumb' && !NO_COLOR
  const isTerminal = () => io.stderr.isTTY === true && TERM !== 'dumb'
  const render = (parts: readonly Text[], stream: () => Output) => {
    const shown = (part: Text) => {
      if (typeof part === 'string') return visible(part)
      const text = visible(part.text)
      return canColor && stream().isTTY === true ? styleText(part.style, text, { validateStream: false }) : text
    }
    return parts.map(shown).join('')
  }
  const columns = () => io.stderr.columns || 100
  let options: OutputOptions = { json: false, quiet: false, verbose: false }
  // JSON stays on one line, because a program parses it.
  const fitted = (text: string) => (isTerminal() && !options.json ? wrapWords(text, columns()) : text)
  const error = (...text: readonly Text[]) => void io.stderr.write(`${fitted(render(text, () => io.stderr))}\n`)
  const info = (...text: readonly Text[]) => options.quiet || error(...text)
  const decoder = new TextDecoder()
  const shownPart = (part: string | Uint8Array) =>
    visible(typeof part === 'string' ? part : decoder.decode(part, { stream: true }))
  return {
    io,
    program,
    signal: interruption.signal,
    passphrases: new Map(),
    exitCode: 0,
    get canPrompt() {
      // After Ctrl+D, nothing more can be typed.
      return isTerminal() && io.stdin.isTTY === true && io.stdin.readableEnded !== true
    },
    get isStdoutTerminal() {
      return io.stdout.isTTY === true
    },
    get canAnimate() {
      return isTerminal() && !CI
    },
    get columns() {
      return columns()
    },
    get options() {
      return options
    },
    setOptions(wanted) {
      options = wanted
    },
    answer: (...text) => io.writeAnswer(`${render(text, () => io.stdout)}\n`),
    write: part =>
      new Promise(resolve => {
        if (io.stdout.write(io.stdout.isTTY === true ? shownPart(part) : part)) resolve()
        else io.stdout.once('drain', resolve)
      }),
    info,
    error,
    commandLine(text) {
      if (!options.quiet) io.stderr.write(`  ${visible(text)}\n`)
    },
    get screen() {
      return io.stderr as NodeJS.WriteStream
    },
    notice: ({ message }) => void info(`note: ${message}`),
  }
}
