import type { Argv } from 'yargs'
import type { Terminal } from './terminal.js'

/** The flags that every command has. */
export interface CommonFlags {
  readonly store: string | undefined
  readonly json: boolean
  readonly quiet: boolean
  readonly verbose: boolean
}

/** One command: what it takes, and what it does. */
export interface Command<Flags extends CommonFlags> {
  /** Adds its flags and examples. What comes of them reaches {@link run} in camel case. */
  flags(yargs: Argv<CommonFlags>): unknown
  run(flags: Flags, terminal: Terminal): Promise<void>
}
