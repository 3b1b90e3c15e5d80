import { type Command, commonFlags, type FlagTable } from '../command.js'
import { connectionFlags } from '../connection/connection-flags.js'

/** The flags that a command accepts: its own, those that select a connection, and those of every command. */
export function flagsOf({ options, hasConnectionFlags }: Partial<Command<never>> = {}): FlagTable {
  return { ...options, ...(hasConnectionFlags && connectionFlags), ...commonFlags }
}
