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
    describe: 'Where tokens are kept: auto (unless said), file, memory or redis://…',
  },
  json: { type: 'boolean', default: false, describe: 'The answer as JSON, and errors too' },
  quiet: { type: 'boolean', alias: 'q', default: false, describe: 'Say nothing but the answer and errors' },
  verbose: { type: 'boolean', alias: 'v', default: false, describe: 'Show each HTTP request, secrets masked' },
} as const satisfies FlagTable

/** One command: what it takes, and what it does. */
export interface Command<Flags extends CommonFlags> {
  /** Whether it takes the flags that say which connection is meant. */
  readonly isAboutConnection?: true
  /** Its own flags. What comes of them reaches {@link run} in camel case. */
  readonly options?: FlagTable
  /** What its usage has in brackets, by its name there. */
  readonly positionals?: Readonly<Record<string, PositionalOptions>>
  /** Command lines, with `$0` for the program, and what each is for. */
  readonly examples: readonly (readonly [commandLine: string, meaning: string])[]
  run(flags: Flags, terminal: Terminal): Promise<void>
}
