import type { Options, PositionalOptions } from 'yargs'
import type { Terminal } from './output/terminal.js'

/** The flags that every command has. */
export interface CommonFlags {
  readonly store: string | undefined
  readonly json: boolean
  readonly quiet: boolean
  readonly verbose: boolean
}

/** Flags by their names, as yargs describes them. */
export type FlagTable = Readonly<Record<string, Options>>

/** The flags that every command has: those of {@link CommonFlags}. */
export const commonFlags = {
  store: {
    type: 'string',
    requiresArg: true,
    describe: 'Where tokens are stored: auto (default), file, memory or redis://…',
  },
  json: { type: 'boolean', default: false, describe: 'Print the answer and errors as JSON' },
  quiet: { type: 'boolean', alias: 'q', default: false, describe: 'Print only the answer and errors' },
  verbose: { type: 'boolean', alias: 'v', default: false, describe: 'Print each HTTP request, with secrets masked' },
} as const satisfies FlagTable

/** A command: its flags, its arguments and what it does. */
export interface Command<Flags extends CommonFlags> {
  /** Whether it accepts the flags that select a connection. */
  readonly hasConnectionFlags?: true
  /** Whether the words after `--` are the command line of another program: {@link Terminal.program}. */
  readonly runsProgram?: true
  /** Its own flags. {@link run} gets their values by names in camel case. */
  readonly options?: FlagTable
  /** Its arguments, by their names in the usage. */
  readonly positionals?: Readonly<Record<string, PositionalOptions>>
  /** Command lines, with `$0` for the program, and what each does. */
  readonly examples: readonly (readonly [commandLine: string, meaning: string])[]
  run(flags: Flags, terminal: Terminal): Promise<void>
}
