import type { Deps } from '@connect-okta/core'
import type { Environment } from '@connect-okta/core/profiles'

/** The input, output and environment of the program. Only `bin/` binds it to the process, so that tests run `main` in their own. */
export interface Io {
  /** The environment variables, and the folders that they name. */
  readonly environment: Environment
  /** The folder that relative paths start from. */
  readonly cwd: string
  /** The version that `--version` prints. */
  readonly version: string
  readonly stdin: NodeJS.ReadableStream & { readonly isTTY?: boolean; readonly readableEnded?: boolean }
  readonly stdout: Output
  /** Writes a complete answer to {@link stdout}. */
  writeAnswer(text: string): void
  readonly stderr: Output
  /** Whether another program reads stdout, and may itself write to the terminal. */
  readonly isStdoutPiped: boolean
  readonly interruption: Interruption
  /** The time, in milliseconds since 1970. */
  now(): number
  /** A monotonic clock for intervals, in milliseconds. */
  monotonicNow(): number
  /** Sends requests. */
  readonly fetch: Deps['fetch']
  /**
   * Runs another program, with the streams of this one. Signals that end this program go to the other one instead.
   *
   * @param variables its whole environment.
   * @returns its exit code; 128 plus the number of the signal that ended it.
   * @throws `ErrnoException` if it cannot be started
   */
  runProgram(command: readonly [string, ...string[]], variables: Environment['variables']): Promise<number>
  /** Opens a browser. Default: the browser of the system. */
  readonly openBrowser?: Deps['openBrowser']
}

/** A stream that may be a terminal. */
export type Output = NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number }

/** The signals that end a command. */
export interface Interruption {
  /** Fires at the first signal. */
  readonly signal: AbortSignal
  /** 128 plus the number of the signal, as in shells. `undefined` before the first signal. */
  readonly exitCode: number | undefined
  /** Has the effect of Ctrl+C, for a library that reads the keyboard itself. */
  interrupt(): void
  /** Stops handling the signals, for a command that handles them itself. */
  release(): void
}
