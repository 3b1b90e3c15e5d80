import type { Options, PositionalOptions } from 'yargs'
import type { Terminal } from './output/terminal.js'

/** The flags that every command has. */
export interface CommonFlags {
  readonly store: string | undefined
  readonly json: boolean
  readonly quiet: boolean
  readonly verbose: boolean
}

/** A flag: as yargs describes it, and what only the help uses. */
export interface Flag extends Options {
  /** The name of its value in the help, such as FILE. Default: its choices. */
  readonly valueName?: string
  /** Whether the help lists it after the other flags. Default: false. */
  readonly isAdvanced?: true
}

/** Flags by their names. */
export type FlagTable = Readonly<Record<string, Flag>>

/** The flags that every command has: those of {@link CommonFlags}. */
export const commonFlags = {
  json: { type: 'boolean', default: false, describe: 'Print the result and errors as JSON' },
  quiet: { type: 'boolean', alias: 'q', default: false, describe: 'Print only the result and errors' },
  verbose: { type: 'boolean', alias: 'v', default: false, describe: 'Print each HTTP request, with secrets masked' },
  store: {
    type: 'string',
    requiresArg: true,
    valueName: 'STORE',
    isAdvanced: true,
    describe: 'Where tokens are stored: auto (default), file, memory or redis://…',
  },
} as const satisfies FlagTable

/** A command: its flags, its arguments and what it does. */
export interface Command<Flags extends CommonFlags> {
  /** Whether it accepts the flags that select a connection. */
  readonly hasConnectionFlags?: true
  /** The usage of the words after `--`, if they are the command line of another program: {@link Terminal.program}. */
  readonly programUsage?: string
  /** Its own flags. {@link run} gets their values by names in camel case. */
  readonly options?: FlagTable
  /** Its arguments, by their names in the usage. */
  readonly positionals?: Readonly<Record<string, PositionalOptions>>
  /** Command lines, with `$0` for the program, and what each does. */
  readonly examples: readonly (readonly [commandLine: string, meaning: string])[]
  run(flags: Flags, terminal: Terminal): Promise<void>
}
