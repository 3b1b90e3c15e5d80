import { type Command, commonFlags, type FlagTable } from '../command.js'
import { connectionFlags } from '../connection/connection-flags.js'

/** The flags that a command accepts: its own, those of a connection if it is about one, and those of every command. */
export function flagsOf({ options, isAboutConnection }: Partial<Command<never>> = {}): FlagTable {
  return { ...options, ...(isAboutConnection && connectionFlags), ...commonFlags }
}
