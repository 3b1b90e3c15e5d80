import type { Deps } from '@connect-okta/core'

/** What the program reads from and writes to. Only `bin/` binds it to the process, so tests run `main` without one. */
export interface Io {
  /** The environment variables. */
  readonly env: Readonly<Record<string, string | undefined>>
  /** The folder that relative paths start from. */
  readonly cwd: string
  /** The home folder that the environment names: with an empty or relative `HOME` it is not absolute. */
  readonly home: string
  /** The version that `--version` prints. */
  readonly version: string
  readonly stdin: NodeJS.ReadableStream & { readonly isTTY?: boolean; readonly readableEnded?: boolean }
  readonly stdout: Output
  /** Writes a whole answer to {@link stdout}. */
  writeAnswer(text: string): void
  readonly stderr: Output
  /** Whether another program reads stdout, and may itself write to the terminal. */
  readonly isStdoutPiped: boolean
  readonly interruption: Interruption
  /** The time, in milliseconds since 1970. */
  now(): number
  /** Measures intervals, in milliseconds. Never set, unlike the time. */
  monotonicNow(): number
  /** Sends requests. */
  readonly fetch: Deps['fetch']
  /** Opens a browser. Default: the browser of the system. */
  readonly openBrowser?: Deps['openBrowser']
}

/** A stream that may be a terminal. */
export type Output = NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number }

/** The signals that end a command from outside. */
export interface Interruption {
  /** Fires at the first of them. */
  readonly signal: AbortSignal
  /** By the convention of shells: 128 plus the number of the signal. `undefined` before the first. */
  readonly exitCode: number | undefined
  /** Does what Ctrl+C does, for a library that reads the keyboard itself. */
  interrupt(): void
  /** Stops handling the signals, for a command that handles them itself. */
  release(): void
}
